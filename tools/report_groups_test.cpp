#include "report_groups.h"

#include <gtest/gtest.h>

#include <vector>

namespace biasbench::report {
namespace {

TEST(Spreads, DivergedRowsCountAsInfinitelyBad) {
  std::vector<Row> rows(4);
  for (Row& row : rows) row.status = "ok";
  rows[0].numbers["train_loss"] = 0.1;
  rows[1].numbers["train_loss"] = 0.3;
  rows[2].status = "diverged";
  rows[2].numbers["train_loss"] = 5;
  rows[3].status = "killed";
  rows[3].numbers["train_loss"] = 0.0001;
  const Group group = {&rows[0], &rows[1], &rows[2], &rows[3]};
  const Spread spread = SpreadOf(group, "train_loss");
  EXPECT_EQ(spread.count, 3);
  EXPECT_EQ(spread.median, 0.3);
  EXPECT_EQ(Describe(spread), "0.300 [0.100–diverged]");
  EXPECT_EQ(SpreadOf(group, "test_accuracy").count, 0);
  EXPECT_EQ(Describe(SpreadOf({&rows[2]}, "train_loss")), "diverged");
}

}  // namespace
}  // namespace biasbench::report
