#include "report_groups.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "named_row_fixture.h"

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

// A task measured in full with one seed, and in part with two.
TEST(Comparisons, MoreSeedsOfTheHeadlineCountForMoreThanMoreStrategies) {
  ResultFile file;
  const auto add = [&](const std::string& strategy, int epochs, int seed) {
    Row row;
    row.name = "convergence/digits/" + strategy +
               "/recompute/sgd/hidden:10/epochs:" + std::to_string(epochs) +
               "/seed:" + std::to_string(seed);
    row.where = WhereOf(row.name);
    row.task = "digits";
    row.strategy = row.label = strategy;
    row.status = "ok";
    row.numbers = {{"hidden", 10.0}, {"epochs", epochs}, {"seed", seed}};
    file.rows.push_back(row);
  };
  for (const char* strategy : {"learned", "fixed=1", "shared"}) add(strategy, 1, 1);
  for (const char* strategy : {"learned", "fixed=1"}) {
    for (const int seed : {1, 2}) add(strategy, 5, seed);
  }
  const std::vector<Comparison> chosen = CompareByTask(file);
  ASSERT_EQ(chosen.size(), 1U);
  EXPECT_EQ(chosen[0].groups.front().front()->NumberOrZero("epochs"), 5);
}

TEST(OptimizerAndFormat, SaysWhatIsStoredInBfloat16) {
  const auto told = [](const char* optimizer, const char* weights, const char* states) {
    Row row;
    row.optimizer = optimizer;
    row.where.Set("weights_format", weights);
    row.where.Set("states_format", states);
    return row.OptimizerAndFormat();
  };
  EXPECT_EQ(told("adam", "float32", "float32"), "adam");
  EXPECT_EQ(told("adam", "bfloat16", "bfloat16"), "adam, bfloat16");
  EXPECT_EQ(told("adam", "bfloat16", "float32"), "adam, bfloat16 weights");
  EXPECT_EQ(told("adam", "float32", "bfloat16"), "adam, bfloat16 states");
  EXPECT_EQ(told("sgd", "bfloat16", "float32"), "sgd, bfloat16");
}

}  // namespace
}  // namespace biasbench::report
