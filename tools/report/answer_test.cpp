#include "report/answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "report/fixture.h"
#include "report/sentences.h"

namespace biasbench::report {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

TEST_F(ReportTest, SaysWhatFixedBiasesSaveAtTheLargestShape) {
  // 4 (10^6 + 10) bytes of 4 (795 · 10^6 + 10); thrice both under textbook: the same share.
  const std::string text = Say();
  EXPECT_THAT(text, HasSubstr("At 784 inputs, 1,000,000 hidden nodes, 10 outputs, batch 64, 2 "
                              "threads, `fixed=1` saves 4,000,040 bytes (0.126 % of the peak; "
                              "`in_place`, sgd), at most 12,000,120 bytes (0.126 % of the peak; "
                              "`textbook`, sgd), in 3 combinations of"));
  EXPECT_THAT(text,
              HasSubstr("in 3 combinations of schedule, optimizer and format; leaving biases out "
                        "(`none`) saves as much."));
}

TEST_F(ReportTest, SaysWhatLeavingBiasesOutSavesWhereItDiffers) {
  for (json& row : sample_.footprint["benchmarks"]) {
    if (row["strategy"] == "none") {
      row["tracked_peak_bytes"] = row["tracked_peak_bytes"].get<std::int64_t>() - 4096;
    }
  }
  EXPECT_THAT(Say(),
              HasSubstr("(`none`) saves 4,004,136 bytes (0.126 % of the peak; `in_place`, sgd), at "
                        "most 12,004,216 bytes (0.126 % of the peak; `textbook`, sgd)."));
}

TEST_F(ReportTest, SaysWhatItCostsWithTheSetting) {
  EXPECT_THAT(Say(), HasSubstr("`harmonic3` at 1,000,000 hidden nodes, 2 epochs (`learned` ends at "
                               "0.00450): `fixed=1` higher (+0.0855 ["));
  EXPECT_THAT(Say(), Not(HasSubstr("But at")));
}

// The sample's rows of a task under weight decay, of these losses by seed.
void AddDecayed(json& rows, const std::string& task, double learned, double fixed) {
  for (int seed = 1; seed <= 8; ++seed) {
    for (const auto& [strategy, loss] :
         {std::pair("learned", learned), std::pair("fixed=1", fixed)}) {
      json row = ConvergenceRow(task, strategy, seed, loss + 1e-3 * seed);
      row["weight_decay"] = 0.1;
      rows.push_back(row);
    }
  }
}

TEST_F(ReportTest, NamesTheSettingThatSpeaksAgainstATasksSide) {
  AddDecayed(sample_.convergence["benchmarks"], "harmonic3", 0.5, 0.4);
  EXPECT_THAT(
      Say(),
      HasSubstr("). But at 1,000,000 hidden nodes, 2 epochs, weight decay 0.1 of weights alone "
                "(`learned` ends at 0.504): `fixed=1` lower (−0.100)."));
}

TEST_F(ReportTest, NamesNoSettingThatSaysTheSame) {
  AddDecayed(sample_.convergence["benchmarks"], "harmonic3", 0.4, 0.5);
  EXPECT_THAT(Say(), Not(HasSubstr("But at")));
}

TEST_F(ReportTest, NamesTheSettingInWhichBiasesHelpAfterAll) {
  for (json& row : sample_.convergence["benchmarks"]) {
    if (row["task"] == "digits" && row["strategy"] == "fixed=1") row["train_loss"] = 0.01;
  }
  AddDecayed(sample_.convergence["benchmarks"], "digits", 0.4, 0.5);
  EXPECT_THAT(Say(),
              HasSubstr("`digits` at 1,000,000 hidden nodes, 2 epochs (`learned` ends at 0.145): "
                        "`fixed=1` lower"));
  EXPECT_THAT(Say(),
              HasSubstr("weight decay 0.1 of weights alone (`learned` ends at 0.405): `fixed=1` "
                        "higher (+0.100)."));
}

TEST_F(ReportTest, SaysWhereTheMemoryIs) {
  EXPECT_THAT(Say(), HasSubstr("`textbook`, sgd peaks at 8.88 GiB, `recompute`, sgd at 2.96 GiB"));
  EXPECT_THAT(Say(), HasSubstr("GiB less, 530 times the most that fixing saves there (12,000,120 "
                               "bytes; `textbook`, sgd)."));
}

TEST_F(ReportTest, SaysHowToUpdateABias) {
  EXPECT_THAT(
      Say(),
      HasSubstr("Update a bias like any weight, as far as enough seeds tell: on `harmonic3` (at "
                "1,000,000 hidden nodes, 2 epochs), 2 of 2 other rules end higher in "
                "training loss than the plain step of `learned`.\n"));
}

TEST_F(ReportTest, SaysThatAnotherRuleIsBetterWhereItIs) {
  for (json& row : sample_.convergence["benchmarks"]) {
    if (row["strategy"] == "scaled=0.1") row["train_loss"] = 1e-6;
  }
  EXPECT_THAT(
      Say(),
      HasSubstr("Not all other rules for updating a bias are worse: on `harmonic3` (at "
                "1,000,000 hidden nodes, 2 epochs), 1 of 2 other rules end higher in "
                "training loss than the plain step of `learned`, and `scaled=0.1` lower (−"));
}

TEST_F(ReportTest, SaysHowFastStrategiesAre) { EXPECT_THAT(Say(), HasSubstr("`none` 1.24 [")); }

TEST_F(ReportTest, SaysWhichFilesAreMissing) {
  sample_.WriteTo(folder_);
  std::filesystem::remove(folder_ / "footprint.json");
  std::filesystem::remove(folder_ / "convergence.json");
  const Results results = LoadFolder(folder_);
  const auto findings = FindAll(results);
  EXPECT_THAT(Answer(results, findings)[0].text, HasSubstr("footprint.json is missing"));
  EXPECT_THAT(Verdict(results, findings), HasSubstr("cannot tell"));
}

}  // namespace
}  // namespace biasbench::report
