// Values in bfloat16, the upper half of a float: half the bytes, the same range, 8 bits of
// precision. Arithmetic stays in single precision: a value is widened where it is used, and after a
// step rounded up or down at random, with the probabilities that make the mean exact (Gupta et al.,
// arXiv 1502.02551): rounded to nearest, steps below the last place would be lost.
#pragma once

#include <cstdint>

#include "kernel/lanes.h"

namespace biasbench::kernel {

// The random bits of places i, i + 1, … of an array, in the lower halves. For a random key each is
// exactly uniform, since all operations are bijections; one multiplication (Philox would cost more
// than the step) makes neighbouring places independent enough for a rounding: bfloat16_test.cpp.
HWY_INLINE Bits RoundingBits(std::uint32_t key, std::int64_t i) {
  constexpr std::uint32_t kOddStep = 0x9e3779b9U;
  const std::uint32_t start = static_cast<std::uint32_t>(i) * kOddStep + key;
  Bits x = hn::Add(hn::Mul(hn::Iota(kBits, 0), hn::Set(kBits, kOddStep)), hn::Set(kBits, start));
  x = hn::Xor(x, hn::ShiftRight<15>(x));
  return hn::ShiftRight<16>(hn::Mul(x, hn::Set(kBits, 0x2c1b3c6dU)));
}

// An array of bfloat16 values as an optimizer's step sees it.
struct Bfloat16Values {
  std::uint16_t* data;
  std::uint32_t key;  // a random word for each array and step

  template <class SomeLanes>
  HWY_INLINE Vector Load(std::int64_t i, SomeLanes lanes) const {
    return lanes.Load(data + i);
  }
  // The carry out of the lower half is the rounding: it happens with the probability of what the
  // upper half leaves out. Infinities stay, and so does NaN as arithmetic makes it (0x7fc00000).
  template <class SomeLanes>
  HWY_INLINE void Store(Vector v, std::int64_t i, SomeLanes lanes) const {
    lanes.StoreUpperHalves(hn::Add(hn::BitCast(kBits, v), RoundingBits(key, i)), data + i);
  }
  void PrefetchAt(std::int64_t i) const { Prefetch(data + i); }
};

// values[i] = halves[i], for i < size.
inline void WidenBfloat16(const std::uint16_t* halves, std::int64_t size, float* values) {
  ForEachVector(
      size, [&](std::int64_t i, auto lanes) { lanes.Store(lanes.Load(halves + i), values + i); });
}

// to[i] = values[i], rounded stochastically, for i < size.
inline void RoundToBfloat16(const float* values, std::int64_t size, Bfloat16Values to) {
  ForEachVector(size,
                [&](std::int64_t i, auto lanes) { to.Store(lanes.Load(values + i), i, lanes); });
}

}  // namespace biasbench::kernel
