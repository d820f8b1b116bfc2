#include "kernel/bfloat16.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "kernel/optimizer.h"

namespace biasbench::kernel {
namespace {

std::vector<float> Rounded(const std::vector<float>& values, std::uint32_t key) {
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
    EXPECT_EQ(Rounded(values, static_cast<std::uint32_t>(size)), values);
  }
  for (const float nan : {std::nanf(""), -std::nanf("")}) {
    EXPECT_TRUE(std::isnan(Rounded({nan}, 0xffffffffU)[0]));
  }
}

// By parity or in order, from any even place: the same values, rounded by the same bits.
TEST(Bfloat16, PairsAreStoredAsInOrder) {
  std::vector<float> values(kPairedLanes);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = 1 + std::ldexp(float(i % 97), -14);
  for (const std::int64_t place : {0, 2, 30, 98}) {
    std::vector<std::uint16_t> in_order(place + kPairedLanes + 1, 0xabcd);
    std::vector<std::uint16_t> by_parity = in_order;
    const Bfloat16Values to{in_order.data(), 7};
    for (std::int64_t i = 0; i < kPairedLanes; i += kVectorLanes) {
      to.Store(AllLanes{}.Load(values.data() + i), place + i, AllLanes{});
    }
    const Bfloat16Values pairs{by_parity.data(), 7};
    pairs.Store(LoadEvenAndOdd(values.data()), place);
    EXPECT_EQ(by_parity, in_order) << place;

    const EvenAndOdd back = pairs.LoadEvenAndOdd(place);
    for (std::int64_t i = 0; i < kPairedLanes; ++i) {
      float lanes[kVectorLanes];
      AllLanes{}.Store(i % 2 == 0 ? back.even : back.odd, lanes);
      const auto bits = static_cast<std::uint32_t>(in_order[place + i]) << 16;
      EXPECT_EQ(lanes[i / 2], std::bit_cast<float>(bits)) << place << ", " << i;
    }
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
    const std::vector<float> rounded = Rounded(values, key * 2654435761U);
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
  const std::vector<float> rounded = Rounded(std::vector<float>(kSize, 1 + 0x1p-8F), 5);
  for (const std::size_t distance : {1, 2, 4, 8, 16, 32, 64}) {
    int alike = 0;
    for (std::size_t i = 0; i + distance < kSize; ++i) alike += rounded[i] == rounded[i + distance];
    const auto pairs = static_cast<double>(kSize - distance);
    EXPECT_NEAR(alike, pairs / 2, 5 * std::sqrt(pairs) / 2) << distance;
  }
}

// The decay 0.999 moves the second moment by less than bfloat16's last place: rounded to nearest it
// would stand still. Many parameters with the same gradients end, on average, where single
// precision takes one.
TEST(Bfloat16, AdamsMomentsFollowSinglePrecisionOnAverage) {
  constexpr std::int64_t kSize = 10'000;
  constexpr int kSteps = 200;
  std::vector<std::uint16_t> halves[3];
  for (auto& array : halves) array.resize(kSize);
  float exact[3] = {};
  for (int t = 1; t <= kSteps; ++t) {
    const std::vector<float> gradient(kSize, t % 3 == 0 ? -0.5F : 1.0F);
    const Adam step(StepSettings(t, 0.01), {});
    const auto key = static_cast<std::uint32_t>(t) * 2654435761U;
    ApplyStep(step,
              ParameterGroup<Bfloat16Values>{{halves[0].data(), key},
                                             {halves[1].data(), key + 12345},
                                             {halves[2].data(), key + 99999}},
              gradient.data(), kSize);
    ApplyStep(step, ParameterGroup<FloatValues>{{&exact[0]}, {&exact[1]}, {&exact[2]}},
              gradient.data(), 1);
  }
  for (int array = 0; array < 3; ++array) {
    std::vector<float> values(kSize);
    WidenBfloat16(halves[array].data(), kSize, values.data());
    const double mean = std::accumulate(values.begin(), values.end(), 0.0) / kSize;
    EXPECT_NEAR(mean, exact[array], 0.01 * std::abs(exact[array])) << array;
  }
}

// The same of moments beside weights in single precision, and of weights beside exact moments.
TEST(Bfloat16, WeightsAndMomentsAreEachStoredInTheirFormat) {
  constexpr std::int64_t kSize = 10'000;
  std::vector<std::uint16_t> halves[3];
  std::vector<float> floats[3];
  for (auto& array : halves) array.resize(kSize);
  for (auto& array : floats) array.resize(kSize);
  float exact[3] = {};
  for (int t = 1; t <= 50; ++t) {
    const std::vector<float> gradient(kSize, t % 3 == 0 ? -0.5F : 1.0F);
    const Adam step(StepSettings(t, 0.01), {});
    const auto key = static_cast<std::uint32_t>(t) * 2654435761U;
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
    std::vector<float> values(kSize);
    WidenBfloat16(halves[array].data(), kSize, values.data());
    const auto mean = [](const std::vector<float>& of) {
      return std::accumulate(of.begin(), of.end(), 0.0) / kSize;
    };
    EXPECT_NEAR(mean(values), exact[array], 0.01 * std::abs(exact[array])) << array;
    EXPECT_NEAR(mean(floats[array]), exact[array], 0.01 * std::abs(exact[array])) << array;
  }
  EXPECT_EQ(floats[1][0], exact[1]) << "moments as floats are not rounded";
}

}  // namespace
}  // namespace biasbench::kernel
