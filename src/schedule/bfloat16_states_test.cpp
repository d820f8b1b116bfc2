// Optimizers on values and states in bfloat16.
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <vector>

#include "kernel/number_format.h"
#include "schedule/optimizer.h"

namespace biasbench::schedule {
namespace {

using kernel::Bfloat16Values;
using kernel::FloatValues;

constexpr std::int64_t kSize = 10'000;

// The gradient of step t, the same for all parameters, and the key of its roundings.
std::vector<float> Gradient(int t) { return std::vector<float>(kSize, t % 3 == 0 ? -0.5F : 1.0F); }
std::uint32_t Key(int t) { return static_cast<std::uint32_t>(t) * 2654435761U; }

double Mean(const std::vector<float>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / kSize;
}
double Mean(std::vector<std::uint16_t>& halves) {
  std::vector<float> values(kSize);
  kernel::Widen(Bfloat16Values{halves.data(), 0}, kSize, values.data());
  return Mean(values);
}

// The decay 0.999 moves the second moment by less than bfloat16's last place: rounded to nearest it
// would stand still. Many parameters with the same gradients end, on average, where single
// precision takes one.
TEST(Bfloat16States, AdamsMomentsFollowSinglePrecisionOnAverage) {
  constexpr int kSteps = 200;
  std::vector<std::uint16_t> halves[3];
  for (auto& array : halves) array.resize(kSize);
  float exact[3] = {};
  for (int t = 1; t <= kSteps; ++t) {
    const std::vector<float> gradient = Gradient(t);
    const AdamStep step(StepSettings(t, 0.01), {});
    const std::uint32_t key = Key(t);
    ApplyStep(step,
              ParameterGroup<Bfloat16Values>{{halves[0].data(), key},
                                             {halves[1].data(), key + 12345},
                                             {halves[2].data(), key + 99999}},
              gradient.data(), kSize);
    ApplyStep(step, ParameterGroup<FloatValues>{{&exact[0]}, {&exact[1]}, {&exact[2]}},
              gradient.data(), 1);
  }
  for (int array = 0; array < 3; ++array) {
    EXPECT_NEAR(Mean(halves[array]), exact[array], 0.01 * std::abs(exact[array])) << array;
  }
}

// The same of moments beside weights in single precision, and of weights beside exact moments.
TEST(Bfloat16States, WeightsAndMomentsAreEachStoredInTheirFormat) {
  std::vector<std::uint16_t> halves[3];
  std::vector<float> floats[3];
  for (auto& array : halves) array.resize(kSize);
  for (auto& array : floats) array.resize(kSize);
  float exact[3] = {};
  for (int t = 1; t <= 50; ++t) {
    const std::vector<float> gradient = Gradient(t);
    const AdamStep step(StepSettings(t, 0.01), {});
    const std::uint32_t key = Key(t);
    ApplyStep(
        step,
        ParameterGroup<FloatValues, Bfloat16Values>{
            {floats[0].data()}, {halves[1].data(), key + 12345}, {halves[2].data(), key + 99999}},
        gradient.data(), kSize);
    ApplyStep(step,
              ParameterGroup<Bfloat16Values, FloatValues>{
                  {halves[0].data(), key}, {floats[1].data()}, {floats[2].data()}},
              gradient.data(), kSize);
    ApplyStep(step, ParameterGroup<FloatValues>{{&exact[0]}, {&exact[1]}, {&exact[2]}},
              gradient.data(), 1);
  }
  for (int array = 0; array < 3; ++array) {
    EXPECT_NEAR(Mean(halves[array]), exact[array], 0.01 * std::abs(exact[array])) << array;
    EXPECT_NEAR(Mean(floats[array]), exact[array], 0.01 * std::abs(exact[array])) << array;
  }
  EXPECT_EQ(floats[1][0], exact[1]) << "moments as floats are not rounded";
}

}  // namespace
}  // namespace biasbench::schedule
