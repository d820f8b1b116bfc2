#include "report_sweeps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "throughput_rows_fixture.h"

namespace biasbench::report {
namespace {

using ::testing::ElementsAre;

std::vector<double> ValuesOf(const Sweep& sweep) {
  std::vector<double> values;
  for (const SweepPoint& point : sweep) values.push_back(point.value);
  return values;
}

TEST(Sweeps, HoldAllElseAlike) {
  ResultFile file;
  AddRows(file, {.hidden = 1e6}, {0.1});
  AddRows(file, {.hidden = 1e3}, {0.1});
  AddRows(file, {.hidden = 1e4, .batch = 16}, {0.1});
  AddRows(file, {.hidden = 1e5, .threads = 1}, {0.1});
  AddRows(file, {.strategy = "none", .hidden = 1e5}, {0.1});
  AddRows(file, {.schedule = "textbook", .hidden = 1e5}, {0.1});
  EXPECT_THAT(ValuesOf(FindSweep(file, "hidden")), ElementsAre(1e3, 1e6));
  EXPECT_THAT(FindSweep(file, "batch"), ElementsAre());
}

TEST(Sweeps, TheLongestIsTaken) {
  ResultFile file;
  for (const double batch : {1, 16, 64})
    AddRows(file, {.schedule = "textbook", .batch = batch}, {1});
  for (const double batch : {1, 4, 16, 64, 256}) AddRows(file, {.batch = batch}, {1});
  const Sweep sweep = FindSweep(file, "batch");
  EXPECT_THAT(ValuesOf(sweep), ElementsAre(1, 4, 16, 64, 256));
  EXPECT_EQ(sweep.front().front().schedule, "streaming");
}

TEST(Sweeps, WithTheInputsTheOutputsMayDiffer) {
  ResultFile file;
  AddRows(file, {.inputs = 2, .outputs = 1}, {1, 2});
  AddRows(file, {.inputs = 64, .outputs = 10}, {1});
  AddRows(file, {.inputs = 2, .outputs = 10}, {1});
  const Sweep sweep = FindSweep(file, "inputs");
  EXPECT_THAT(ValuesOf(sweep), ElementsAre(2, 64));
  EXPECT_EQ(sweep.front().rows.size(), 2U);  // not those of another shape
}

TEST(Sweeps, PointsAreWhatWasMeasured) {
  ResultFile file;
  AddRows(file, {.batch = 8}, {0.5, 0.25});
  AddRows(file, {.batch = 16}, {0.5});
  AddRows(file, {.batch = 32}, {0.5});
  file.rows.back().status = "killed";
  AddRows(file, {.batch = 64}, {0.5});
  file.rows.back().numbers.erase("items_per_second");
  const Sweep sweep = FindSweep(file, "batch");
  EXPECT_THAT(ValuesOf(sweep), ElementsAre(8, 16));
  EXPECT_THAT(sweep.front().samples_per_second(), ElementsAre(16, 32));
  EXPECT_THAT(sweep.front().step_seconds(), ElementsAre(0.5, 0.25));
}

}  // namespace
}  // namespace biasbench::report
