// Vectors of single precision, and the loads and stores that stop at the end of a row.
#pragma once

#include <hwy/highway.h>

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

// A cache line's worth of floats, and the request to have one nearer soon. Asking is always
// allowed, also behind the end of an array.
inline constexpr std::int64_t kLineFloats = 16;
HWY_INLINE void Prefetch(const void* at) { __builtin_prefetch(at); }

// Highway says so of AVX2 for the sake of 8 and 16-bit lanes; its masked loads of floats do not.
#define BIASBENCH_MASKED_MIGHT_FAULT (HWY_MEM_OPS_MIGHT_FAULT && HWY_TARGET != HWY_AVX2)

// All lanes of a vector.
struct AllLanes {
  Vector Load(const float* from) const { return hn::LoadU(kFloat, from); }
  // From bfloat16.
  Vector Load(const std::uint16_t* from) const {
    const Bits halves = hn::PromoteTo(kBits, hn::LoadU(kHalves, from));
    return hn::BitCast(kFloat, hn::ShiftLeft<16>(halves));
  }
  void Store(Vector v, float* to) const { hn::StoreU(v, kFloat, to); }
  void StoreUpperHalves(Bits bits, std::uint16_t* to) const {
    const auto upper = hn::BitCast(hn::RebindToSigned<BitsTag>{}, hn::ShiftRight<16>(bits));
    hn::StoreU(hn::DemoteTo(kHalves, upper), kHalves, to);
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
    HWY_ALIGN std::uint16_t halves[kVectorLanes] = {};
    std::memcpy(halves, from, static_cast<std::size_t>(count_) * sizeof(halves[0]));
    return AllLanes{}.Load(halves);
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
    HWY_ALIGN std::uint16_t halves[kVectorLanes];
    AllLanes{}.StoreUpperHalves(bits, halves);
    std::memcpy(to, halves, static_cast<std::size_t>(count_) * sizeof(halves[0]));
  }
  std::int64_t count() const { return count_; }
  float Sum(Vector v) const {
    return hn::GetLane(hn::SumOfLanes(kFloat, hn::IfThenElseZero(mask_, v)));
  }

 private:
  std::int64_t count_;
  hn::Mask<FloatTag> mask_;
};

// body(i, lanes) for i = 0, kVectorLanes, … below size, lanes being those of [i, size).
template <class Body>
void ForEachVector(std::int64_t size, Body&& body) {
  std::int64_t i = 0;
  for (; i + kVectorLanes <= size; i += kVectorLanes) body(i, AllLanes{});
  if (i < size) body(i, FirstLanes(size - i));
}

}  // namespace biasbench::kernel
