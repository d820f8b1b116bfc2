#include "report_verdict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "record/result_file.h"
#include "report_fixture.h"

namespace biasbench::report {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

TEST_F(ReportTest, SaysWhatFixedBiasesSaveAtTheLargestShape) {
  // 4 (10^6 + 10) bytes of 4 (795 · 10^6 + 10); thrice both under textbook: the same share.
  EXPECT_THAT(Say(), HasSubstr("saves at most 0.126 % of the peak: 11.44 MiB of 8.88 GiB "
                               "(12,000,120 of 9,540,000,120 bytes) with `textbook` and `sgd`;"));
  EXPECT_THAT(SayOfFolder(), HasSubstr("784 inputs, 1,000,000 hidden nodes, 10 outputs"));
  EXPECT_THAT(SayOfFolder(), HasSubstr("3 combinations of schedule and optimizer"));
  EXPECT_THAT(SayOfFolder(), HasSubstr("leaving biases out (`none`) saves exactly as much"));
}

TEST_F(ReportTest, SaysWhatLeavingBiasesOutSavesWhereItDiffers) {
  for (json& row : sample_.footprint["benchmarks"]) {
    if (row["strategy"] == "none") {
      row["tracked_peak_bytes"] = row["tracked_peak_bytes"].get<std::int64_t>() - 4096;
    }
  }
  EXPECT_THAT(
      Say(),
      HasSubstr("leaving biases out (`none`) saves 11.45 MiB (12,004,216 bytes) with `textbook`"));
}

TEST_F(ReportTest, SaysThatFixingCostsMemoryIfItDoes) {
  for (json& row : sample_.footprint["benchmarks"]) {
    if (row["strategy"] == "fixed=1") row["tracked_peak_bytes"] = 10'000'000'000;
  }
  EXPECT_THAT(Say(), HasSubstr("every bias at 1 costs at least 4.82 % of the peak: "));
}

TEST_F(ReportTest, SaysWhatItCostsWithItsSpread) {
  const std::string text = Say();
  EXPECT_THAT(text, HasSubstr("Final training loss with `learned`, `fixed=1` and `none`"));
  EXPECT_THAT(text,
              HasSubstr("\n`harmonic3`: 0.00200 [0.00100–0.00300], 0.0400 [0.0200–0.0600] and "
                        "0.500 [0.500–0.500] (1,000,000 hidden nodes, 2 epochs, 3 seeds: both "
                        "higher in every seed)"));
  EXPECT_THAT(text,
              HasSubstr("\n`digits`: 0.120 [0.110–0.130], 0.130 [0.120–0.140] and not measured "
                        "(1,000,000 hidden nodes, 2 epochs, 3 seeds: `fixed=1` no different within "
                        "the seeds' spread, `none` not measured)"));
}

TEST_F(ReportTest, SaysWhenAllDiverged) {
  for (json& row : sample_.convergence["benchmarks"]) {
    if (row["task"] == "harmonic3" || row["strategy"] == "learned") {
      row.update({{"status", "diverged"}, {"train_loss", 1.2e69}});
    }
  }
  const std::string all = Say();
  EXPECT_THAT(all, HasSubstr("\n`harmonic3`: diverged, diverged and diverged (1,000,000 hidden "
                             "nodes, 2 epochs, 3 seeds: all diverged)"));
  EXPECT_THAT(all, HasSubstr("\n`digits`: diverged, 0.130 [0.120–0.140] and not measured "
                             "(1,000,000 hidden nodes, 2 epochs, 3 seeds: `fixed=1` lower in every "
                             "seed, `none` not measured)"));
  EXPECT_THAT(all, HasSubstr("on `harmonic3` all diverged"));
  for (json& row : sample_.convergence["benchmarks"]) {
    if (row["strategy"] == "none") row.update({{"status", "ok"}, {"train_loss", 0.5}});
  }
  EXPECT_THAT(Say(), HasSubstr(": `fixed=1` diverged as well, `none` lower in every seed)"));
}

TEST_F(ReportTest, SaysWhatItCostsInStability) {
  json stability = sample_.convergence;
  stability["context"] = Context("stability");
  for (json& row : stability["benchmarks"]) {
    row["largest_stable_rate"] = 0.1 * row["seed"].get<int>() + (row["strategy"] == "none" ? 3 : 0);
  }
  sample_.WriteTo(folder_);
  record::WriteJson(folder_ / "stability.json", stability);
  EXPECT_THAT(
      SayOfFolder(),
      HasSubstr("\nlargest stable learning rate on `harmonic3`: 0.200 [0.100–0.300], 0.200 "
                "[0.100–0.300] and 3.20 [3.10–3.30] (1,000,000 hidden nodes, 2 epochs, 3 "
                "seeds: `fixed=1` no different within the seeds' spread, `none` higher in every "
                "seed)"));
}

TEST_F(ReportTest, DoesNotJudgeBySingleSeeds) {
  std::erase_if(sample_.convergence["benchmarks"].get_ref<json::array_t&>(),
                [](const json& row) { return row["seed"] != 1; });
  EXPECT_THAT(
      Say(),
      HasSubstr(
          "\n`harmonic3`: 0.00100, 0.0200 and 0.500 (1,000,000 hidden nodes, 2 epochs, 1 seed)\n"));
}

TEST_F(ReportTest, SaysWhichScheduleHoldsTheMemory) {
  EXPECT_THAT(Say(), HasSubstr("peaks at 8.88 GiB with `textbook` (9,540,000,120 bytes), "));
  EXPECT_THAT(SayOfFolder(), HasSubstr("saves 5.92 GiB, 530 times the most that fixing"));
}

TEST_F(ReportTest, OneRowOfALargerBatchIsNotWhereMemoryIsCompared) {
  json larger = FootprintRow("learned", "textbook");
  larger["batch"] = 256;
  larger["tracked_peak_bytes"] = 12'000'000'000;
  sample_.footprint["benchmarks"].push_back(larger);
  json halved = FootprintRow("learned", "recompute");
  halved.update({{"weights_format", "bfloat16"}, {"tracked_peak_bytes", 1 << 30}});
  sample_.footprint["benchmarks"].push_back(halved);
  const std::string text = Say();
  EXPECT_THAT(text, HasSubstr("10 outputs, batch 64, 2 threads, `learned` with `sgd` peaks at"));
  EXPECT_THAT(text, HasSubstr("with weights in bfloat16, `recompute` peaks at 1.00 GiB"));
}

TEST_F(ReportTest, SaysWhichUpdateRulesDoBetterOrWorse) {
  EXPECT_THAT(Say(),
              HasSubstr("on `harmonic3` (0.00200 [0.00100–0.00300]; 2 other rules) lower: nothing, "
                        "higher: `scaled=0.1` 0.00600 [0.00500–0.00700], `sign_flipped` diverged"));
}

TEST_F(ReportTest, PermutedLabelsChangeTheSentences) {
  for (json* file : {&sample_.footprint, &sample_.convergence}) {
    for (json& row : (*file)["benchmarks"]) {
      if (row["strategy"] == "learned") {
        row["strategy"] = "none";
      } else if (row["strategy"] == "none") {
        row["strategy"] = "learned";
      }
    }
  }
  const std::string text = Say();
  EXPECT_THAT(text, HasSubstr("saves nothing of "));
  EXPECT_THAT(text, HasSubstr("(`none`) costs 11.44 MiB (12,000,120 bytes)"));
  EXPECT_THAT(text,
              HasSubstr("(1,000,000 hidden nodes, 2 epochs, 3 seeds: both lower in every seed)"));
  EXPECT_THAT(text, HasSubstr("\n`harmonic3`: 0.500 [0.500–0.500], 0.0400"));
  EXPECT_THAT(text, HasSubstr("lower: `scaled=0.1`"));
  EXPECT_THAT(text, Not(HasSubstr("times the most that fixing")));
}

TEST_F(ReportTest, SentencesSayWhichRowsAreMissing) {
  std::erase_if(sample_.footprint["benchmarks"].get_ref<json::array_t&>(),
                [](const json& row) { return row["strategy"] == "fixed=1"; });
  std::erase_if(sample_.convergence["benchmarks"].get_ref<json::array_t&>(),
                [](const json& row) { return row["strategy"] == "learned"; });
  EXPECT_THAT(Say(), HasSubstr("no setting in which both `learned` and `fixed=1` were measured"));
  EXPECT_THAT(SayOfFolder(),
              HasSubstr("\n`harmonic3`: not measured, 0.0400 [0.0200–0.0600] and "
                        "0.500 [0.500–0.500] (1,000,000 hidden nodes, 2 epochs, 3 seeds)\n"));
  EXPECT_THAT(SayOfFolder(), HasSubstr("on `harmonic3` `learned` was not measured"));
  fs::remove(folder_ / "convergence.json");
  EXPECT_THAT(SayOfFolder(), HasSubstr("convergence.json is missing"));
}

TEST_F(ReportTest, ATurnedSignIsNoPartOfTheComparison) {
  json wrong = ConvergenceRow("harmonic3", "learned", 1, 7.0);
  wrong["bias_sign"] = "wrong";
  auto& rows = sample_.convergence["benchmarks"];
  rows.insert(rows.begin(), wrong);
  EXPECT_THAT(Say(), HasSubstr("\n`harmonic3`: 0.00200 [0.00100–0.00300], "));
}

TEST_F(ReportTest, ComparesAtTheLargestHiddenLayer) {
  json small = ConvergenceRow("harmonic3", "learned", 1, 7.0);
  small["hidden"] = 1000;
  auto& rows = sample_.convergence["benchmarks"];
  rows.insert(rows.begin(), small);
  EXPECT_THAT(Say(), HasSubstr("\n`harmonic3`: 0.00200 [0.00100–0.00300], "));
}

}  // namespace
}  // namespace biasbench::report
