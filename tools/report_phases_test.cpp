#include "report_phases.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "named_row_fixture.h"

namespace biasbench::report {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// 4 inputs, 1,000 hidden nodes, 1 output; `more` is what the strategy takes more than fixed=1.
Row MakeRow(const std::string& strategy, double more, const std::string& optimizer = "sgd") {
  Row row;
  row.strategy = row.label = strategy;
  row.schedule = "in_place";
  row.optimizer = optimizer;
  row.status = "ok";
  row.texts = {{"peak_phase", "forward"}, {"peak_category", "weight_gradient"}};
  row.name = "footprint/" + strategy + "/in_place/" + optimizer +
             "/inputs:4/hidden:1000/outputs:1/batch:8/threads:2";
  row.where = WhereOf(row.name);
  row.numbers = {{"inputs", 4},          {"outputs", 1},
                 {"hidden", 1000},       {"batch", 8},
                 {"omp_threads", 2},     {"hidden_weights_bytes", 16000},
                 {"padding_bytes", 500}, {"tracked_peak_bytes", 0x1p20 + more}};
  row.held_bytes = {{"build", 0x1p19}, {"forward", 0x1p20 + more}};
  return row;
}

ResultFile MakeFile() {
  ResultFile file;
  Row learned = MakeRow("learned", 4096);
  learned.numbers["hidden_bias_bytes"] = 4000;
  learned.numbers["padding_bytes"] += 96;
  Row unit = MakeRow("bias_unit", 4032);
  unit.numbers["hidden_weights_bytes"] += 4000;
  unit.numbers["workspace_bytes"] = 64;
  unit.numbers["padding_bytes"] -= 32;
  file.rows = {learned, unit, MakeRow("fixed=1", 0), MakeRow("learned", 0, "adam")};
  return file;
}

TEST(Phases, TableHoldsEachPhaseOfTheLargestShapeAndWhatSetThePeak) {
  ResultFile file = MakeFile();
  Row small = MakeRow("learned", 0);
  small.name += "/small";
  small.numbers["inputs"] = 2;
  file.rows.push_back(small);
  const Table table = PhaseTable(file);
  ASSERT_EQ(table.rows.size(), 2U);  // sgd and adam
  EXPECT_THAT(table.rows[0], ElementsAre("`in_place`", "sgd", "0.50", "1.00", "", "", "forward",
                                         "weight gradient"));
  EXPECT_THAT(table.caption, HasSubstr("4 inputs, 1,000 hidden nodes"));
}

TEST(Phases, FilesWithoutPhasesHaveNoTable) {
  ResultFile file = MakeFile();
  for (Row& row : file.rows) row.held_bytes.erase("build");
  EXPECT_TRUE(PhaseTable(file).rows.empty());
}

TEST(BiasPrice, IsTheDifferenceFromFixedByCategory) {
  const Table table = BiasPriceTable(MakeFile());
  ASSERT_EQ(table.rows.size(), 2U);  // adam has no fixed=1 beside it
  // … bias values, weights, batch and workspace, padding, all, share; the smaller peak first.
  EXPECT_THAT(table.rows[0], ElementsAre("`bias_unit`", "`in_place`", "sgd", "4", "1", "1,000", "8",
                                         "0", "4,000", "64", "−32", "4,032", "0.383 %"));
  EXPECT_THAT(table.rows[1], ElementsAre("`learned`", "`in_place`", "sgd", "4", "1", "1,000", "8",
                                         "4,000", "0", "0", "96", "4,096", "0.389 %"));
}

TEST(BiasPrice, SaysWhatItIsMadeOf) {
  const std::string text = BiasPriceText(MakeFile());
  EXPECT_THAT(text, HasSubstr("`learned` takes 4,096 bytes more than `fixed=1`: 4,000 of bias "
                              "values, 96 of padding."));
  EXPECT_THAT(text, HasSubstr("`bias_unit` takes 4,032 bytes more than `fixed=1`: 4,000 of "
                              "weights, 64 of batch and workspace, −32 of padding."));
}

TEST(BiasPrice, SpeaksOfSinglePrecisionFirst) {
  ResultFile file = MakeFile();
  for (const char* strategy : {"learned", "fixed=1"}) {
    file.rows.push_back(MakeRow(strategy, 0));
    file.rows.back().where.Set("weights_format", "bfloat16");
    file.rows.back().numbers["tracked_peak_bytes"] /= 2;
  }
  EXPECT_EQ(BiasPriceTable(file).rows.size(), 3U);
  EXPECT_THAT(BiasPriceText(file), HasSubstr("with sgd, `learned` takes 4,096 bytes"));
}

TEST(BiasPrice, SaysWhatNoCategoryExplains) {
  ResultFile file = MakeFile();
  file.rows[0].numbers["padding_bytes"] -= 1;
  EXPECT_THAT(BiasPriceText(file), HasSubstr("95 of padding, 1 that no category explains."));
}

}  // namespace
}  // namespace biasbench::report
