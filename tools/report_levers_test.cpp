#include "report_levers.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

#include "report_fixture.h"

namespace biasbench::report {
namespace {

using nlohmann::json;

TEST_F(ReportTest, LeversRunFromTheLargestPeakToTheSmallest) {
  json halved = FootprintRow("learned", "recompute");
  halved["weights_format"] = "bfloat16";
  halved["tracked_peak_bytes"] = 1'588'000'000;
  sample_.footprint["benchmarks"].push_back(halved);
  sample_.WriteTo(folder_);
  const Table table = LeversTable(LoadFolder(folder_));
  ASSERT_EQ(table.rows.size(), 7U);  // two strategies under three schedules, and the halved one
  EXPECT_EQ(table.rows.front()[0], "`textbook`");
  EXPECT_EQ(table.rows.front()[2], "`learned`");
  EXPECT_EQ(table.rows.back()[1], "sgd, bfloat16");
  EXPECT_EQ(table.rows.back()[5], "1,588,000,000");
  // 1 − 1,588,000,000 / (3 · 4 · (784 + 10 + 1) · 10⁶ + 3 · 40)
  EXPECT_EQ(table.rows.back()[8], "83.4 %");
  const auto in_place = std::ranges::find_if(
      table.rows, [](const auto& row) { return row[0] == "`in_place`" && row[2] == "`learned`"; });
  ASSERT_NE(in_place, table.rows.end());
  EXPECT_EQ((*in_place)[9], "42.0");  // the median of 40 … 44
}

}  // namespace
}  // namespace biasbench::report
