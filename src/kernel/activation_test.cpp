// tanh against the C library's in double precision: its size, its tails, what is not a number.
#include "kernel/activation.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "reference/guarded_result.h"
#include "reference/rounding_bound.h"

namespace biasbench::kernel {
namespace {

using reference::Bounded;
using reference::BoundedActivation;
using reference::BoundedDelta;
using reference::GuardedResult;
using reference::IsWithin;

std::vector<float> TanhOf(std::vector<float> values) {
  Activate(ActivationKind::kTanh, static_cast<std::int64_t>(values.size()), values.data());
  return values;
}

// Both signs of every 997th float up to where tanh is 1, from the denormals on.
std::vector<float> Sample() {
  std::vector<float> z;
  for (std::uint32_t bits = 0; bits < std::bit_cast<std::uint32_t>(20.0F); bits += 997 * 16) {
    z.push_back(std::bit_cast<float>(bits));
    z.push_back(-z.back());
  }
  return z;
}

TEST(Tanh, IsWithinItsUlpsAndOddBitForBit) {
  const std::vector<float> z = Sample();
  const std::vector<float> computed = TanhOf(z);
  double worst = 0;
  for (std::size_t i = 0; i < z.size(); ++i) {
    const double exact = std::tanh(static_cast<double>(z[i]));
    const float above = std::nextafter(std::abs(static_cast<float>(exact)), 2.0F);
    const double ulp = above - std::abs(static_cast<float>(exact));
    worst = std::max(worst, std::abs(computed[i] - exact) / ulp);
    if (i % 2 == 1) {
      EXPECT_EQ(std::bit_cast<std::uint32_t>(computed[i]),
                std::bit_cast<std::uint32_t>(-computed[i - 1]));
    }
  }
  EXPECT_LE(worst, kTanhUlps);
  EXPECT_GT(worst, 0.5);
}

TEST(Tanh, SaturatesAndPassesOnWhatIsNoNumber) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const std::vector<float> computed =
      TanhOf({kInfinity, -kInfinity, std::numeric_limits<float>::max(), -3e38F, 100, -20,
              std::nanf(""), -std::nanf(""), 0});
  const std::vector<float> expected = {1, -1, 1, -1, 1, -1};
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_EQ(computed[i], expected[i]) << i;
  EXPECT_TRUE(std::isnan(computed[6]));
  EXPECT_TRUE(std::isnan(computed[7]));
  EXPECT_EQ(computed[8], 0);
}

// A value's activation is the same bits in whatever lane it comes, and nothing behind is touched.
TEST(Activation, DoesNotDependOnTheLaneOrTheSize) {
  const std::vector<float> z = {-3, -0.7F, 0, 0.01F, 0.2F, 1.3F, 9, -20, 0.4F, -0.1F, 2, 5};
  for (const ActivationKind kind : {ActivationKind::kRelu, ActivationKind::kTanh}) {
    for (std::int64_t size = 1; size <= 70; ++size) {
      GuardedResult activation(size);
      GuardedResult delta(size);
      for (std::int64_t i = 0; i < size; ++i) {
        activation.data()[i] = z[i % z.size()];
        delta.data()[i] = 0.5F + static_cast<float>(i % z.size());
      }
      Activate(kind, size, activation.data());
      Differentiate(kind, size, activation.data(), delta.data());
      for (std::int64_t i = 0; i < size; ++i) {
        const auto same = i % static_cast<std::int64_t>(z.size());
        EXPECT_EQ(activation[i], activation[same]);
        EXPECT_EQ(delta[i], delta[same]);
        const Bounded bound = {z[same]};
        EXPECT_TRUE(IsWithin(activation[i], BoundedActivation(kind, bound)));
        EXPECT_TRUE(
            IsWithin(delta[i], BoundedDelta(kind, bound, {0.5 + static_cast<double>(same)})));
      }
      activation.CheckGuard("Activate");
      delta.CheckGuard("Differentiate");
    }
  }
}

}  // namespace
}  // namespace biasbench::kernel
