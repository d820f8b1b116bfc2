#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <vector>

#include "kernel/bfloat16_products.h"
#include "kernel/number_format.h"

namespace biasbench::kernel {
namespace {

std::vector<float> Rounded(const std::vector<float>& values, std::uint32_t key) {
  const auto size = static_cast<std::int64_t>(values.size());
  std::vector<std::uint16_t> weights(values.size() + 1, 0xabcd);
  Round(values.data(), size, Bfloat16Values{weights.data(), key});
  EXPECT_EQ(weights.back(), 0xabcd) << "written behind the end";
  std::vector<float> widened(values.size());
  Widen(Bfloat16Values{weights.data(), 0}, size, widened.data());
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
    std::vector<float> paired(values.size());
    PairColumns(1, kPairedLanes, values.data(), paired.data());
    const Bits stored = pairs.StoreWords(LoadEvenAndOdd(paired.data()), place);
    EXPECT_EQ(by_parity, in_order) << place;

    const EvenAndOdd back = FromWords(stored);
    for (std::int64_t i = 0; i < kPairedLanes; ++i) {
      float lanes[kVectorLanes];
      AllLanes{}.Store(i % 2 == 0 ? back.even : back.odd, lanes);
      const auto bits = static_cast<std::uint32_t>(in_order[place + i]) << 16;
      EXPECT_EQ(lanes[i / 2], std::bit_cast<float>(bits)) << place << ", " << i;
    }
  }
}

// To nearest, ties to even, as the nearest of the neighbours in double precision.
TEST(Bfloat16, NearestIsNearest) {
  std::uint32_t bits = 12345;
  for (int i = 0; i < 100'000; ++i) {
    bits = bits * 1664525U + 1013904223U;
    if (i % 3 == 0) bits = (bits & 0xffff0000U) | 0x8000U;  // a tie
    const auto value = std::bit_cast<float>(bits);
    if (!std::isfinite(value)) continue;
    const float below = FromBfloat16(static_cast<std::uint16_t>(bits >> 16));
    const auto above_bits = static_cast<std::uint16_t>((bits >> 16) + 1);
    const float above = FromBfloat16(above_bits);
    if (!std::isfinite(above)) continue;
    const double to_below = std::abs(static_cast<double>(value) - below);
    const double to_above = std::abs(static_cast<double>(value) - above);
    const bool takes_above = to_above < to_below || (to_above == to_below && above_bits % 2 == 0);
    ASSERT_EQ(FromBfloat16(NearestBfloat16(value)), takes_above ? above : below) << value;
  }
  EXPECT_TRUE(std::isnan(FromBfloat16(NearestBfloat16(std::bit_cast<float>(0x7f800001U)))));
  EXPECT_EQ(FromBfloat16(NearestBfloat16(-std::numeric_limits<float>::infinity())),
            -std::numeric_limits<float>::infinity());
}

// A part of an array, taken by itself, is rounded as in the whole.
TEST(Bfloat16, APartRoundsAsTheWhole) {
  const std::vector<float> values(100, 1 + 0x1p-8F);
  std::vector<std::uint16_t> whole(values.size());
  Round(values.data(), 100, Bfloat16Values{whole.data(), 9});
  std::vector<std::uint16_t> parts(values.size());
  for (const std::int64_t begin : {0, 34, 64}) {
    const std::int64_t end = begin == 0 ? 34 : begin == 34 ? 64 : 100;
    Round(values.data(), end - begin, Bfloat16Values{parts.data(), 9}.From(begin));
  }
  EXPECT_EQ(parts, whole);
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

}  // namespace
}  // namespace biasbench::kernel
