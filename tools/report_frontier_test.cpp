#include "report_frontier.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "named_row_fixture.h"

namespace biasbench::report {
namespace {

Row WidthRow(const std::string& strategy, int hidden, double loss, const char* rate = "0.1") {
  Row row;
  row.name = fmt::format(
      "convergence/harmonic3/{}/recompute/sgd/inputs:2/hidden:{}/outputs:1/rate:{}"
      "/seed:1",
      strategy, hidden, rate);
  row.where = WhereOf(row.name);
  row.strategy = row.label = strategy;
  row.task = "harmonic3";
  row.status = "ok";
  row.numbers = {
      {"inputs", 2},        {"hidden", hidden},
      {"outputs", 1},       {"bias_bytes", strategy == "learned" ? 4.0 * (hidden + 1) : 0},
      {"train_loss", loss}, {"test_loss", 2 * loss}};
  return row;
}

TEST(FrontierTable, SetsMoreNodesBesideLearnedBiases) {
  // 4 · 300 · 4 + 4 bytes buy 400 nodes of 3 weights.
  ResultFile file{{},
                  {WidthRow("learned", 300, 0.125), WidthRow("none", 300, 0.5),
                   WidthRow("none", 400, 0.25), WidthRow("none", 450, 0.2),
                   WidthRow("fixed=1", 400, 0.2, "0.3"), WidthRow("learned", 400, 0.1)}};
  const Table table = FrontierTable(file);
  ASSERT_EQ(table.rows.size(), 2U);
  EXPECT_EQ(table.rows[0], (std::vector<std::string>{"`harmonic3`", "`learned`", "300", "4,804",
                                                     "1", "0.125", "0.250"}));
  EXPECT_EQ(table.rows[1], (std::vector<std::string>{"`harmonic3`", "`none`", "400", "4,800", "1",
                                                     "0.250", "0.500"}));
  file.rows.erase(file.rows.begin());
  EXPECT_TRUE(FrontierTable(file).rows.empty());
}

}  // namespace
}  // namespace biasbench::report
