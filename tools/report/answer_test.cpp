#include "report/answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "report/fixture.h"

namespace biasbench::report {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

TEST_F(ReportTest, SaysWhatFixedBiasesSaveAtTheLargestShape) {
  // 4 (10^6 + 10) bytes of 4 (795 · 10^6 + 10); thrice both under textbook: the same share.
  const std::string text = Say();
  EXPECT_THAT(text, HasSubstr("At 784 inputs, 1,000,000 hidden nodes, 10 outputs, batch 64, 2 "
                              "threads, `fixed=1` saves from 0.126 % of the peak (12,000,120 of "
                              "9,540,000,120 bytes; `textbook`, sgd)"));
  EXPECT_THAT(text, HasSubstr("in 3 combinations of schedule and optimizer; leaving biases out "
                              "(`none`) saves as much."));
}

TEST_F(ReportTest, SaysWhatLeavingBiasesOutSavesWhereItDiffers) {
  for (json& row : sample_.footprint["benchmarks"]) {
    if (row["strategy"] == "none") {
      row["tracked_peak_bytes"] = row["tracked_peak_bytes"].get<std::int64_t>() - 4096;
    }
  }
  EXPECT_THAT(Say(), HasSubstr("(`none`) saves 0.126 % of the peak (4,004,136 of 3,180,000,040"));
}

TEST_F(ReportTest, SaysWhatItCostsWithTheSettingAndTheSeeds) {
  EXPECT_THAT(Say(),
              HasSubstr("`harmonic3`, at 1,000,000 hidden nodes, 2 epochs, 8 seeds: `learned` "
                        "ends at 0.00450"));
  EXPECT_THAT(Say(), HasSubstr("`fixed=1` ends higher than `learned`"));
}

TEST_F(ReportTest, SaysWhereTheMemoryIs) {
  EXPECT_THAT(Say(), HasSubstr("`textbook`, sgd peaks at 8.88 GiB, `recompute`, sgd at 2.96 GiB"));
  EXPECT_THAT(Say(), HasSubstr("saves 530 times the most that fixing biases saves"));
}

TEST_F(ReportTest, SaysHowToUpdateABias) {
  EXPECT_THAT(Say(),
              HasSubstr("Update a bias like any weight: against the plain step of `learned`, "
                        "of 2 other rules on `harmonic3`"));
  EXPECT_THAT(Say(), HasSubstr("`sign_flipped` (diverges)"));
}

TEST_F(ReportTest, SaysThatAnotherRuleIsBetterWhereItIs) {
  for (json& row : sample_.convergence["benchmarks"]) {
    if (row["strategy"] == "scaled=0.1") row["train_loss"] = 1e-6;
  }
  EXPECT_THAT(Say(),
              HasSubstr("Not all rules are worse than the plain step of `learned`: of 2 other "
                        "rules on `harmonic3`"));
}

TEST_F(ReportTest, SaysHowFastStrategiesAre) { EXPECT_THAT(Say(), HasSubstr("`none` 1.24 [")); }

TEST_F(ReportTest, SaysWhichFilesAreMissing) {
  sample_.WriteTo(folder_);
  std::filesystem::remove(folder_ / "footprint.json");
  std::filesystem::remove(folder_ / "convergence.json");
  const Results results = LoadFolder(folder_);
  const auto findings = FindAll(results);
  EXPECT_THAT(Answer(results, findings)[0].text, HasSubstr("footprint.json is missing"));
  EXPECT_THAT(Answer(results, findings)[1].text, HasSubstr("convergence.json is missing"));
  EXPECT_THAT(Verdict(results, findings), HasSubstr("cannot tell"));
}

}  // namespace
}  // namespace biasbench::report
