#include "kernel/bfloat16.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace biasbench::kernel {
namespace {

std::vector<float> Rounded(const std::vector<float>& values, RoundingKey key) {
  const auto size = static_cast<std::int64_t>(values.size());
  std::vector<std::uint16_t> weights(values.size() + 1, 0xabcd);
  RoundToBfloat16(values.data(), size, {weights.data(), key});
  EXPECT_EQ(weights.back(), 0xabcd) << "written behind the end";
  std::vector<float> widened(values.size());
  WidenBfloat16(weights.data(), size, widened.data());
  return widened;
}

TEST(Bfloat16, NumbersItHoldsStayAsTheyAre) {
  const float infinity = std::numeric_limits<float>::infinity();
  for (std::size_t size = 1; size <= 70; ++size) {
    std::vector<float> values(size);
    for (std::size_t i = 0; i < size; ++i) values[i] = std::ldexp(i % 2 ? 1.5F : -1, int(i) - 30);
    values[size / 2] = infinity;
    EXPECT_EQ(Rounded(values, {static_cast<std::uint32_t>(size), 77}), values);
  }
  for (const float nan : {std::nanf(""), -std::nanf("")}) {
    EXPECT_TRUE(std::isnan(Rounded({nan}, {1, 0xffffffffU})[0]));
  }
}

// 1 + j/8 of the way to the next bfloat16 number: each neighbour as often as it is near, in every
// lane.
TEST(Bfloat16, RoundingIsRightOnAverage) {
  constexpr std::size_t kSize = 96;
  constexpr int kKeys = 20'000;
  const float gap = 0x1p-7F;
  std::vector<float> values(kSize);
  for (std::size_t i = 0; i < kSize; ++i) values[i] = 1 + gap * static_cast<float>(i % 8) / 8;
  std::vector<int> up(kSize);
  for (std::uint32_t key = 0; key < kKeys; ++key) {
    const std::vector<float> rounded = Rounded(values, {key * 2654435761U, key * 40503U});
    for (std::size_t i = 0; i < kSize; ++i) {
      ASSERT_TRUE(rounded[i] == 1 || rounded[i] == 1 + gap);
      up[i] += rounded[i] > 1;
    }
  }
  for (std::size_t i = 0; i < kSize; ++i) {
    const double p = static_cast<double>(i % 8) / 8;
    EXPECT_NEAR(up[i], kKeys * p, 5 * std::sqrt(kKeys * p * (1 - p))) << i;  // 5 deviations
  }
}

// Two values are rounded alike by chance only: 256 pairs of neighbouring places agree about half
// of the time.
TEST(Bfloat16, PlacesAreIndependent) {
  constexpr std::size_t kSize = 20'000;
  const std::vector<float> rounded = Rounded(std::vector<float>(kSize, 1 + 0x1p-8F), {5, 6});
  for (const std::size_t distance : {1, 2, 4, 8, 16, 32, 64}) {
    int alike = 0;
    for (std::size_t i = 0; i + distance < kSize; ++i) alike += rounded[i] == rounded[i + distance];
    const auto pairs = static_cast<double>(kSize - distance);
    EXPECT_NEAR(alike, pairs / 2, 5 * std::sqrt(pairs) / 2) << distance;
  }
}

}  // namespace
}  // namespace biasbench::kernel
