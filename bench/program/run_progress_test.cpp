#include "bench/program/run_progress.h"

#include <gtest/gtest.h>

namespace biasbench::bench {
namespace {

TEST(RunProgress, TellsNoTimeBeforeSomethingIsDone) {
  RunProgress run;
  EXPECT_EQ(run.Describe(0, 0), "");
  run.Expect("a", 1, 1);
  run.Expect("b", 1, 1);
  run.Begin("a", 1);
  EXPECT_EQ(run.Describe(10, 0), "row 1 of 2");
  run.Begin("b", 1);
  EXPECT_EQ(run.Describe(10, 0), "row 2 of 2, 0:10 left");
}

TEST(RunProgress, PartOfARowCounts) {
  RunProgress run;
  run.Expect("a", 1, 1);
  run.Begin("a", 1);
  EXPECT_EQ(run.Describe(30, 0.25), "row 1 of 1, 1:30 left");
  EXPECT_EQ(run.Describe(120, 1), "row 1 of 1");
}

TEST(RunProgress, LargeRowsTakeLonger) {
  RunProgress run;
  run.Expect("small", 1, 1);
  run.Expect("large", 9, 1);
  run.Begin("small", 1);
  run.Begin("large", 1);
  EXPECT_EQ(run.Describe(2, 0), "row 2 of 2, 0:18 left");
}

TEST(RunProgress, RepetitionsCountAndProbesDoNot) {
  RunProgress run;
  run.Expect("a", 1, 3);
  run.Expect("b", 1, 3);
  for (const int iterations : {1, 10, 57}) run.Begin("a", iterations);
  EXPECT_EQ(run.Describe(1, 0), "row 1 of 6");
  run.Begin("a", 57);  // again
  EXPECT_EQ(run.Describe(1, 0), "row 2 of 6, 0:05 left");
  run.Begin("b", 1);
  run.Begin("b", 60);
  run.Begin("a", 57);  // in turns
  EXPECT_EQ(run.Describe(3, 0), "row 4 of 6, 0:03 left");
}

// As warm-ups would make them.
TEST(RunProgress, MoreCallsThanRowsAreNoMoreRows) {
  RunProgress run;
  run.Expect("a", 1, 1);
  for (int call = 0; call < 3; ++call) run.Begin("a", 1);
  EXPECT_EQ(run.Describe(1, 0), "row 1 of 1");
}

TEST(RunProgress, WorkGrowsWithTheNetworkAndItsEpochs) {
  setting::Setting setting;
  setting.network.shape = {.inputs = 64, .hidden = 1'000'000, .outputs = 10, .batch = 64};
  const double steps = WorkOf(setting);
  setting.network.shape.hidden *= 10;
  EXPECT_NEAR(WorkOf(setting) / steps, 10, 0.5);
  setting.network.shape.hidden /= 10;
  setting.training.emplace();
  setting.training->epochs = 5;
  EXPECT_NEAR(WorkOf(setting) / steps, 5, 0.5);
  setting.network.shape.hidden = 1;
  EXPECT_GT(WorkOf(setting), steps / 100);  // its process
}

}  // namespace
}  // namespace biasbench::bench
