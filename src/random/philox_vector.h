// Philox4x32-10 for many consecutive blocks at once, a block a lane: bit for bit what Random123
// computes one by one (philox_test.cpp), 64 draws for about as many instructions as four.
#pragma once

#include <hwy/highway.h>

#include <cstdint>

#include "random/philox.h"

namespace biasbench::random {

namespace hn = hwy::HWY_NAMESPACE;

using BitsTag = hn::ScalableTag<std::uint32_t>;
using BitsVector = hn::Vec<BitsTag>;
inline constexpr BitsTag kBits{};
inline constexpr std::int64_t kBlocksAtOnce = hn::MaxLanes(BitsTag{});

// Draw j of blocks b, b + 1, … in draws[j].
struct BlockDraws {
  BitsVector draws[4];
};

// The upper halves of the products of 32-bit lanes.
HWY_INLINE BitsVector MulHigh(BitsVector a, BitsVector b) {
  const hn::Repartition<std::uint64_t, BitsTag> wide;
  const auto even = hn::MulEven(a, b);
  const auto odd = hn::MulEven(hn::BitCast(kBits, hn::ShiftRight<32>(hn::BitCast(wide, a))), b);
  return hn::OddEven(hn::BitCast(kBits, odd), hn::BitCast(kBits, hn::ShiftRight<32>(even)));
}

// Blocks first … first + kBlocksAtOnce − 1 of the stream, none of which may carry into the upper
// half of the counter.
HWY_INLINE BlockDraws BlocksFrom(Seed seed, Stream stream, std::uint64_t first) {
  const auto set = [](std::uint64_t bits) {
    return hn::Set(kBits, static_cast<std::uint32_t>(bits));
  };
  const BitsVector multiplier0 = set(0xD2511F53);
  const BitsVector multiplier1 = set(0xCD9E8D57);
  BitsVector c0 = hn::Add(set(first), hn::Iota(kBits, 0));
  BitsVector c1 = set(first >> 32);
  BitsVector c2 = set(static_cast<std::uint32_t>(stream));
  BitsVector c3 = set(0);
  auto key0 = static_cast<std::uint32_t>(seed);
  auto key1 = static_cast<std::uint32_t>(seed >> 32);
  for (int round = 0; round < 10; ++round) {
    const BitsVector high0 = MulHigh(c0, multiplier0);
    const BitsVector high1 = MulHigh(c2, multiplier1);
    const BitsVector low0 = hn::Mul(c0, multiplier0);
    const BitsVector low1 = hn::Mul(c2, multiplier1);
    c0 = hn::Xor(hn::Xor(high1, c1), set(key0));
    c1 = low1;
    c2 = hn::Xor(hn::Xor(high0, c3), set(key1));
    c3 = low0;
    key0 += 0x9E3779B9;
    key1 += 0xBB67AE85;
  }
  return {{c0, c1, c2, c3}};
}

}  // namespace biasbench::random
