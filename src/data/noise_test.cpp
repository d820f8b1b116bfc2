#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "data/task.h"
#include "data/task_fixture.h"
#include "data/test_files.h"
#include "memory/ledger.h"

namespace biasbench::data {
namespace {

TEST(NoiseTask, HasAnyShapeAndItsTestSetContinuesTheTrainingSet) {
  memory::Ledger ledger;
  const Task task = NoiseTask(7, 3, 1000, 5, ledger);
  EXPECT_EQ(ledger.current()[memory::Category::kDataset], NoiseBytes(7, 1000));
  TaskDescription shape{};
  shape.inputs = 7;
  shape.outputs = 3;
  shape.is_classification = true;
  ExpectShape(task.train, shape);
  ExpectShape(task.test, shape);
  EXPECT_EQ(task.train.samples, 1000);
  EXPECT_EQ(task.test.samples, 1000);
  EXPECT_EQ(ClassCounts(task.train).size(), 3U);
  for (const float value : task.train.values.span()) ASSERT_LT(std::abs(value), 1);

  const Task twice = NoiseTask(7, 3, 2000, 5, ledger);
  EXPECT_TRUE(std::ranges::equal(task.train.values.span(), twice.train.values.span().first(7000)));
  EXPECT_TRUE(std::ranges::equal(task.test.values.span(), twice.train.values.span().last(7000)));
  EXPECT_TRUE(std::ranges::equal(task.train.labels.span(), twice.train.labels.span().first(1000)));
  EXPECT_TRUE(std::ranges::equal(task.test.labels.span(), twice.train.labels.span().last(1000)));
  const Task other = NoiseTask(7, 3, 1000, 6, ledger);
  EXPECT_FALSE(std::ranges::equal(task.train.values.span(), other.train.values.span()));
  EXPECT_FALSE(std::ranges::equal(task.train.labels.span(), other.train.labels.span()));
}

// Four inputs a sample use as many draws as one block holds, as one label does.
TEST(NoiseTask, LabelsDoNotFollowFromInputs) {
  memory::Ledger ledger;
  const Task task = NoiseTask(4, 2, 1000, 5, ledger);
  int agreements = 0;
  for (std::int64_t n = 0; n < 1000; ++n) {
    agreements += (task.train.values[4 * n] < 0) == (task.train.labels[n] == 1);
  }
  EXPECT_NEAR(agreements, 500, 80);  // five standard deviations
}

TEST(NoiseTask, RefusesShapesThatAreNone) {
  memory::Ledger ledger;
  constexpr std::int64_t kHuge = std::numeric_limits<std::int64_t>::max();
  for (const auto& [inputs, outputs, samples] : std::vector<std::array<std::int64_t, 3>>{
           {0, 1, 1}, {1, 0, 1}, {1, 1, -1}, {1, kHuge, 1}, {kHuge, 1, 2}, {1 << 30, 1, kHuge}}) {
    EXPECT_TRUE(ErrorOf([&, i = inputs, o = outputs, n = samples] {
                  NoiseTask(i, o, n, 1, ledger);
                }).starts_with("noise of "));
  }
}

}  // namespace
}  // namespace biasbench::data
