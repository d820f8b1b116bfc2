// Values in bfloat16, the upper half of a float: half the bytes, the same range, 8 bits of
// precision. Arithmetic stays in single precision: a value is widened where it is used, and after a
// step rounded up or down at random, with the probabilities that make the mean exact (Gupta et al.,
// arXiv 1502.02551): rounded to nearest, steps below the last place would be lost.
#pragma once

#include <cstdint>
#include <string_view>

#include "kernel/lanes.h"

namespace biasbench::kernel {

// Random bits for the roundings at pairs of places (2j, 2j + 1), in the lower halves of each lane.
// For a random key each half is exactly uniform, since all operations are bijections; one
// multiplication (Philox would cost more than the step) makes neighbouring pairs independent enough
// for a rounding: bfloat16_test.cpp.
struct PairBits {
  Bits even;
  Bits odd;
};

inline constexpr std::uint32_t kOddStep = 0x9e3779b9U;

// Scrambles the words j·kOddStep + key.
HWY_INLINE PairBits ScramblePairs(Bits x) {
  x = hn::Xor(x, hn::ShiftRight<15>(x));
  x = hn::Mul(x, hn::Set(kBits, 0x2c1b3c6dU));
  const Bits upper = hn::ShiftRight<16>(x);
  // A product's lower bits depend on few others.
  return {hn::And(hn::Xor(x, upper), hn::Set(kBits, 0xffffU)), upper};
}

// The random bits of the pairs that begin at the even places i, i + 2, …
HWY_INLINE PairBits RoundingBitsOfPairs(std::uint32_t key, std::int64_t i) {
  const std::uint32_t first = static_cast<std::uint32_t>(i >> 1) * kOddStep + key;
  return ScramblePairs(
      hn::Add(hn::Mul(hn::Iota(kBits, 0), hn::Set(kBits, kOddStep)), hn::Set(kBits, first)));
}

// The same bits for places i, i + 1, …, in order.
HWY_INLINE Bits RoundingBits(std::uint32_t key, std::int64_t i) {
  // Highway 1.0's Iota is fast for constants only.
  const Bits places = hn::Add(hn::Iota(kBits, 0), hn::Set(kBits, static_cast<std::uint32_t>(i)));
  const PairBits bits = ScramblePairs(
      hn::Add(hn::Mul(hn::ShiftRight<1>(places), hn::Set(kBits, kOddStep)), hn::Set(kBits, key)));
  const Bits one = hn::Set(kBits, 1);
  return hn::IfThenElse(hn::Eq(hn::And(places, one), one), bits.odd, bits.even);
}

// An array of bfloat16 values as an optimizer's step sees it.
struct Bfloat16Values {
  std::uint16_t* data;
  std::uint32_t key;  // a random word for each array and step

  template <class SomeLanes>
  HWY_INLINE Vector Load(std::int64_t i, SomeLanes lanes) const {
    return lanes.Load(data + i);
  }
  // Adds random bits below the upper half: the carry rounds up, with a probability equal to the
  // fraction that the upper half leaves out. Infinities stay, and so does NaN as arithmetic makes
  // it (0x7fc00000).
  template <class SomeLanes>
  HWY_INLINE Vector Store(Vector v, std::int64_t i, SomeLanes lanes) const {
    const Bits sum = hn::Add(hn::BitCast(kBits, v), RoundingBits(key, i));
    lanes.StoreUpperHalves(sum, data + i);
    return hn::BitCast(kFloat, hn::And(sum, hn::Set(kBits, 0xffff0000U)));
  }
  // kPairedLanes places from an even one on: the same values, for half of the random words.
  HWY_INLINE Bits LoadWords(std::int64_t i) const { return kernel::LoadWords(data + i); }
  HWY_INLINE Bits StoreWords(const EvenAndOdd& v, std::int64_t i) const {
    const PairBits bits = RoundingBitsOfPairs(key, i);
    const Bits words = ToWords(hn::Add(hn::BitCast(kBits, v.even), bits.even),
                               hn::Add(hn::BitCast(kBits, v.odd), bits.odd));
    kernel::StoreWords(words, data + i);
    return words;
  }
  void PrefetchAt(std::int64_t i) const { Prefetch(data + i); }
  // The rest of the array from an even place on; its values keep their random bits.
  Bfloat16Values From(std::int64_t even_place) const {
    return {data + even_place, AsPartFrom(even_place).key};
  }
  // This array as the part, from an even place on, of a larger one: with its random bits.
  Bfloat16Values AsPartFrom(std::int64_t even_place) const {
    return {data, key + static_cast<std::uint32_t>(even_place >> 1) * kOddStep};
  }
};

// The format's row (see number_format.h).
struct Bfloat16 {
  static constexpr std::string_view kName = "bfloat16";
  using Stored = std::uint16_t;
  using Values = Bfloat16Values;
  static Values At(Stored* data, std::uint32_t key) { return {data, key}; }
};

}  // namespace biasbench::kernel
