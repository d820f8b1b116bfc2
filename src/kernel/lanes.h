// Vectors of single precision, with loads and stores that stop at the end of a row.
#pragma once

#include <hwy/highway.h>

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace biasbench::kernel {

namespace hn = hwy::HWY_NAMESPACE;

using FloatTag = hn::ScalableTag<float>;
using Vector = hn::Vec<FloatTag>;
inline constexpr FloatTag kFloat{};
inline constexpr std::int64_t kVectorLanes = hn::MaxLanes(FloatTag{});

// The same lanes as integers, and halves of them: bfloat16 is the upper half of a float.
using BitsTag = hn::RebindToUnsigned<FloatTag>;
using Bits = hn::Vec<BitsTag>;
inline constexpr BitsTag kBits{};
using HalvesTag = hn::Rebind<std::uint16_t, BitsTag>;
inline constexpr HalvesTag kHalves{};

// The size of a cache line, and the prefetch of one. Prefetching is always allowed, also beyond the
// end of an array.
inline constexpr std::int64_t kLineFloats = 16;
inline constexpr std::int64_t kLineBytes = 64;
HWY_INLINE void Prefetch(const void* at) {
  __builtin_prefetch(at);
  asm volatile("");  // else GCC 12 drops calls of functions that only prefetch
}

// Highway says so of AVX2 for the sake of 8 and 16-bit lanes; its masked loads of floats do not.
#define BIASBENCH_MASKED_MIGHT_FAULT (HWY_MEM_OPS_MIGHT_FAULT && HWY_TARGET != HWY_AVX2)

HWY_INLINE hn::Vec<HalvesTag> UpperHalves(Bits bits) {
  const auto upper = hn::BitCast(hn::RebindToSigned<BitsTag>{}, hn::ShiftRight<16>(bits));
  return hn::DemoteTo(kHalves, upper);
}

// All lanes of a vector.
struct AllLanes {
  Vector Load(const float* from) const { return hn::LoadU(kFloat, from); }
  // Loads bfloat16 values, widened.
  Vector Load(const std::uint16_t* from) const {
    const Bits halves = hn::PromoteTo(kBits, hn::LoadU(kHalves, from));
    return hn::BitCast(kFloat, hn::ShiftLeft<16>(halves));
  }
  void Store(Vector v, float* to) const { hn::StoreU(v, kFloat, to); }
  void StoreUpperHalves(Bits bits, std::uint16_t* to) const {
    hn::StoreU(UpperHalves(bits), kHalves, to);
  }
  float Sum(Vector v) const { return hn::GetLane(hn::SumOfLanes(kFloat, v)); }
};

// The first `count` lanes; the others load as zero, are not stored, and memory behind them is not
// touched.
class FirstLanes {
 public:
  explicit FirstLanes(std::int64_t count)
      : count_(count), mask_(hn::FirstN(kFloat, static_cast<std::size_t>(count))) {}

  Vector Load(const float* from) const {
#if BIASBENCH_MASKED_MIGHT_FAULT
    HWY_ALIGN float lanes[kVectorLanes] = {};
    std::memcpy(lanes, from, static_cast<std::size_t>(count_) * sizeof(float));
    return hn::Load(kFloat, lanes);
#else
    return hn::MaskedLoad(mask_, kFloat, from);
#endif
  }
  Vector Load(const std::uint16_t* from) const {
#if HWY_MEM_OPS_MIGHT_FAULT
    HWY_ALIGN std::uint16_t halves[kVectorLanes] = {};
    std::memcpy(halves, from, static_cast<std::size_t>(count_) * sizeof(halves[0]));
    return AllLanes{}.Load(halves);
#else
    const auto halves = hn::MaskedLoad(halves_mask(), kHalves, from);
    return hn::BitCast(kFloat, hn::ShiftLeft<16>(hn::PromoteTo(kBits, halves)));
#endif
  }
  void Store(Vector v, float* to) const {
#if BIASBENCH_MASKED_MIGHT_FAULT
    HWY_ALIGN float lanes[kVectorLanes];
    hn::Store(v, kFloat, lanes);
    std::memcpy(to, lanes, static_cast<std::size_t>(count_) * sizeof(float));
#else
    hn::BlendedStore(v, mask_, kFloat, to);
#endif
  }
  void StoreUpperHalves(Bits bits, std::uint16_t* to) const {
#if HWY_MEM_OPS_MIGHT_FAULT
    HWY_ALIGN std::uint16_t halves[kVectorLanes];
    AllLanes{}.StoreUpperHalves(bits, halves);
    std::memcpy(to, halves, static_cast<std::size_t>(count_) * sizeof(halves[0]));
#else
    hn::BlendedStore(UpperHalves(bits), halves_mask(), kHalves, to);
#endif
  }
  std::int64_t count() const { return count_; }
  float Sum(Vector v) const {
    return hn::GetLane(hn::SumOfLanes(kFloat, hn::IfThenElseZero(mask_, v)));
  }

 private:
  hn::Mask<HalvesTag> halves_mask() const {
    return hn::FirstN(kHalves, static_cast<std::size_t>(count_));
  }

  std::int64_t count_;
  hn::Mask<FloatTag> mask_;
};

// The values of two vectors, separated into even and odd places. Widening a vector of bfloat16
// numbers takes one operation each in this order, three in plain order.
struct EvenAndOdd {
  Vector even;
  Vector odd;
};
inline constexpr std::int64_t kPairedLanes = 2 * kVectorLanes;

using PairedHalvesTag = hn::Repartition<std::uint16_t, BitsTag>;
inline constexpr PairedHalvesTag kPairedHalves{};

// Loads from paired rows (PairColumns below).
HWY_INLINE EvenAndOdd LoadEvenAndOdd(const float* from) {
  return {AllLanes{}.Load(from), AllLanes{}.Load(from + kVectorLanes)};
}

// kPairedLanes of bfloat16 as they lie in memory: each word holds an even place below an odd one.
HWY_INLINE Bits LoadWords(const std::uint16_t* from) {
  return hn::BitCast(kBits, hn::LoadU(kPairedHalves, from));
}
HWY_INLINE void StoreWords(Bits words, std::uint16_t* to) {
  hn::StoreU(hn::BitCast(kPairedHalves, words), kPairedHalves, to);
}
// Joins the upper halves to words.
HWY_INLINE Bits ToWords(Bits even, Bits odd) {
  return hn::BitCast(kBits, hn::OddEven(hn::BitCast(kPairedHalves, odd),
                                        hn::BitCast(kPairedHalves, hn::ShiftRight<16>(even))));
}
HWY_INLINE EvenAndOdd FromWords(Bits words) {
  return {hn::BitCast(kFloat, hn::ShiftLeft<16>(words)),
          hn::BitCast(kFloat, hn::And(words, hn::Set(kBits, 0xffff0000U)))};
}
HWY_INLINE EvenAndOdd LoadEvenAndOdd(const std::uint16_t* from) {
  return FromWords(LoadWords(from));
}

// Copies `from` to `to` (rows, columns), moving in each row the even columns of every block of
// kPairedLanes before its odd ones; columns after the last whole block stay in order.
inline void PairColumns(std::int64_t rows, std::int64_t columns, const float* from, float* to) {
  for (std::int64_t row = 0; row < rows; ++row, from += columns, to += columns) {
    std::int64_t k = 0;
    for (; k + kPairedLanes <= columns; k += kPairedLanes) {
      for (std::int64_t j = 0; j < kVectorLanes; ++j) {
        to[k + j] = from[k + 2 * j];
        to[k + kVectorLanes + j] = from[k + 2 * j + 1];
      }
    }
    std::copy(from + k, from + columns, to + k);
  }
}

// Calls body(i, lanes) for i = begin, begin + kVectorLanes, … below size, where `lanes` cover [i,
// size).
template <class Body>
void ForEachVector(std::int64_t size, Body&& body, std::int64_t begin = 0) {
  std::int64_t i = begin;
  for (; i + kVectorLanes <= size; i += kVectorLanes) body(i, AllLanes{});
  if (i < size) body(i, FirstLanes(size - i));
}

}  // namespace biasbench::kernel
