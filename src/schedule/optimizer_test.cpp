#include "schedule/optimizer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "kernel/float32.h"
#include "random/philox.h"

namespace biasbench::schedule {
namespace {

using kernel::FloatValues;

std::vector<float> Noise(std::size_t size, random::Seed seed) {
  std::vector<float> values(size);
  random::FillUniform(seed, random::Stream::kNoise, 0, 1, values);
  return values;
}

TEST(Sgd, SubtractsTheScaledGradient) {
  for (std::size_t size = 1; size <= 40; ++size) {
    std::vector<float> values = Noise(size, 1);
    const std::vector<float> before = values;
    const std::vector<float> gradient = Noise(size, 2);
    ApplyStep(SgdStep<false>(StepSettings(1, 0.25), {-2}),
              ParameterGroup<FloatValues>{{values.data()}, {nullptr}, {nullptr}}, gradient.data(),
              static_cast<std::int64_t>(size));
    for (std::size_t i = 0; i < size; ++i) {
      EXPECT_FLOAT_EQ(values[i], before[i] + 0.5F * gradient[i]);
    }
  }
}

TEST(Momentum, CarriesNineTenthsOfTheVelocityOn) {
  constexpr std::size_t kSize = 37;
  constexpr double kRate = 0.25;
  std::vector<float> values = Noise(kSize, 1);
  std::vector<float> velocity(kSize);
  std::vector<double> theta(values.begin(), values.end());
  std::vector<double> v(kSize);
  for (int t = 1; t <= 20; ++t) {
    const std::vector<float> gradient = Noise(kSize, static_cast<random::Seed>(t) + 10);
    ApplyStep(MomentumStep(StepSettings(t, kRate), {2}),
              ParameterGroup<FloatValues>{{values.data()}, {velocity.data()}, {nullptr}},
              gradient.data(), kSize);
    for (std::size_t i = 0; i < kSize; ++i) {
      v[i] = 0.9 * v[i] + gradient[i];
      theta[i] -= 2 * kRate * v[i];
    }
  }
  // The velocity is at most 10, so a step at most 5: twenty of them, a few roundings each.
  for (std::size_t i = 0; i < kSize; ++i) EXPECT_NEAR(values[i], theta[i], 20 * 5 * 0x1p-22);
}

// A gradient of zero leaves the decay alone, whatever the multiplier and the optimizer's state.
TEST(WeightDecay, ShrinksByRateTimesDecayUnderEveryOptimizer) {
  for (std::size_t i = 0; i < kOptimizers.size(); ++i) {
    const auto optimizer = static_cast<Optimizer>(i);
    constexpr std::size_t kSize = 21;
    const std::vector<float> gradient(kSize);
    std::vector<float> values = Noise(kSize, 1);
    const std::vector<float> before = values;
    std::vector<float> first(kSize);
    std::vector<float> second(kSize);
    const GroupSettings group{.rate_multiplier = -3, .weight_decay = 0.5F};
    VisitStep(optimizer, StepSettings(1, 0.25), group, [&](const auto& step) {
      ApplyStep(step, ParameterGroup<FloatValues>{{values.data()}, {first.data()}, {second.data()}},
                gradient.data(), kSize);
    });
    for (std::size_t k = 0; k < kSize; ++k) EXPECT_FLOAT_EQ(values[k], 0.875F * before[k]);
  }
}

// Algorithm 1 of Kingma and Ba, word for word, in double precision.
TEST(Adam, FollowsThePublishedAlgorithm) {
  constexpr std::size_t kSize = 37;
  constexpr double kRate = 0.01;
  std::vector<float> values = Noise(kSize, 1);
  std::vector<float> first(kSize);
  std::vector<float> second(kSize);
  std::vector<double> theta(values.begin(), values.end());
  std::vector<double> m(kSize);
  std::vector<double> v(kSize);
  for (int t = 1; t <= 20; ++t) {
    const std::vector<float> gradient = Noise(kSize, static_cast<random::Seed>(t) + 10);
    ApplyStep(AdamStep(StepSettings(t, kRate), {}),
              ParameterGroup<FloatValues>{{values.data()}, {first.data()}, {second.data()}},
              gradient.data(), kSize);
    for (std::size_t i = 0; i < kSize; ++i) {
      const double g = gradient[i];
      m[i] = 0.9 * m[i] + 0.1 * g;
      v[i] = 0.999 * v[i] + 0.001 * g * g;
      const double m_hat = m[i] / (1 - std::pow(0.9, t));
      const double v_hat = v[i] / (1 - std::pow(0.999, t));
      theta[i] -= kRate * m_hat / (std::sqrt(v_hat) + 1e-8);
    }
  }
  for (std::size_t i = 0; i < kSize; ++i) {
    // Each step moves by at most about kRate, with relative errors of a few units in the last
    // place; single precision's decay 0.999 is off by 1e-8, which the correction at t = 1
    // magnifies.
    EXPECT_NEAR(values[i], theta[i], 20 * kRate * 1e-4);
  }
}

}  // namespace
}  // namespace biasbench::schedule
