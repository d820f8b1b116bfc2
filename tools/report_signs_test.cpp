#include "report_signs.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "named_row_fixture.h"

namespace biasbench::report {
namespace {

using ::testing::HasSubstr;

Row SignRow(const std::string& strategy, const std::string& sign, double rate, double test_loss,
            int seed = 1) {
  Row row;
  row.name = fmt::format("convergence/digits/{}/hidden:9/threads:1/rate:{}{}/seed:{}", strategy,
                         rate, sign.empty() ? "" : "/bias_sign:" + sign, seed);
  row.where = WhereOf(row.name);
  row.strategy = row.label = strategy;
  if (!sign.empty()) row.label += " (" + sign + ")";
  row.task = "digits";
  row.status = std::isinf(test_loss) ? "diverged" : "ok";
  if (std::isinf(test_loss)) row.texts["reason"] = "in epoch 2";
  row.numbers = {
      {"seed", seed}, {"learning_rate", rate}, {"train_loss", 0.5}, {"test_loss", test_loss}};
  return row;
}

ResultFile Signs() {
  return {{},
          {SignRow("learned", "", 0.25, 0.5), SignRow("scaled=0.1", "", 0.25, 0.5),
           SignRow("none", "", 0.25, 0.75), SignRow("learned", "wrong", 0.25, 2),
           SignRow("scaled=0.1", "wrong", 0.25, HUGE_VAL), SignRow("learned", "", 8, 4),
           SignRow("learned", "", 0.125, 3)}};
}

TEST(SignExperiments, FindTheRightSignAndTheLargerRate) {
  const ResultFile file = Signs();
  const std::vector<SignExperiment> experiments = SignExperiments(file);
  ASSERT_EQ(experiments.size(), 1U);
  EXPECT_EQ(experiments[0].right.groups.size(), 3U);
  EXPECT_EQ(experiments[0].wrong.groups.size(), 2U);
  ASSERT_EQ(experiments[0].control.groups.size(), 1U);
  EXPECT_EQ(experiments[0].control.groups[0].front()->NumberOrZero("learning_rate"), 8);
}

TEST(DescribeSigns, SaysWhatAWrongSignDoesToTheTestLoss) {
  EXPECT_THAT(DescribeSigns(Signs()),
              HasSubstr("`digits` (0 hidden nodes): `learned (wrong)` × 4.00, `scaled=0.1 (wrong)` "
                        "diverged in 1 of 1 seed, `learned` with the right sign at the rate 8: × "
                        "8.00"));
}

TEST(DescribeSigns, FollowsTheLabels) {
  ResultFile file = Signs();
  std::swap(file.rows[0].numbers, file.rows[3].numbers);
  EXPECT_THAT(DescribeSigns(file), HasSubstr("`learned (wrong)` × 0.250"));
  file.rows.resize(3);
  EXPECT_THAT(DescribeSigns(file), HasSubstr("Unknown"));
}

TEST(DescribeSigns, RatiosAreOfTheSameSeed) {
  ResultFile file = Signs();
  file.rows.push_back(SignRow("learned", "", 0.25, 1, 2));
  file.rows.push_back(SignRow("learned", "wrong", 0.25, 6, 2));
  EXPECT_THAT(DescribeSigns(file), HasSubstr("`learned (wrong)` × 5.00 [4.00–6.00]"));
}

TEST(SignTable, SetsTheLossesBesideEachOther) {
  const ResultFile file = Signs();
  const Table table = SignTable(SignExperiments(file).front());
  using Cells = std::vector<std::string>;
  ASSERT_EQ(table.rows.size(), 6U);
  EXPECT_EQ(table.rows[2], (Cells{"`none`", "right", "0.25", "1", "0.500", "0.750", "", "ok"}));
  EXPECT_EQ(table.rows[3],
            (Cells{"`learned`", "wrong", "0.25", "1", "0.500", "2.00", "× 4.00", "ok"}));
  EXPECT_EQ(table.rows[4][5], "diverged");
  EXPECT_EQ(table.rows[4][7], "diverged: in epoch 2");
  EXPECT_EQ(table.rows[5],
            (Cells{"`learned`", "right", "8", "1", "0.500", "4.00", "× 8.00", "ok"}));
}

TEST(SignFigures, ShowsTrainingAndTestLossOfBothSigns) {
  const ResultFile file = Signs();
  std::vector<CurvePoint> curves;
  EXPECT_TRUE(SignFigures(file, curves).empty());
  for (const Row& row : file.rows) {
    for (int epoch = 0; epoch < 3; ++epoch) {
      curves.push_back({.name = row.name, .epoch = epoch, .train_loss = 0.5, .test_loss = 0.25});
    }
  }
  const std::vector<Plot> plots = SignFigures(file, curves);
  ASSERT_EQ(plots.size(), 1U);
  const Plot& plot = plots[0];
  EXPECT_EQ(plot.data_files.size(), 2U * 6);  // the smaller rate is left out
  EXPECT_THAT(plot.script, HasSubstr("training loss, wrong sign"));
  EXPECT_THAT(plot.script, HasSubstr("learned, rate 8"));
  EXPECT_THAT(Render(plot), HasSubstr("</svg>"));
}

}  // namespace
}  // namespace biasbench::report
