#include "kernel/bfloat16.h"

#include <algorithm>
#include <cstring>

#include "kernel/lanes.h"

namespace biasbench::kernel {
namespace {

using Tag32 = hn::ScalableTag<std::uint32_t>;
using Tag16 = hn::Rebind<std::uint16_t, Tag32>;
using SignedTag = hn::ScalableTag<std::int32_t>;
using Bits = hn::Vec<Tag32>;
constexpr Tag32 kBits{};
constexpr Tag16 kHalves{};

Bits SetBits(std::uint32_t bits) { return hn::Set(kBits, bits); }

Vector Widen(const std::uint16_t* from) {
  return hn::BitCast(kFloat, hn::ShiftLeft<16>(hn::PromoteTo(kBits, hn::LoadU(kHalves, from))));
}

// Every bit of the counter reaches every bit of the result (Wellons' lowbias32).
Bits Mix(Bits x) {
  x = hn::Mul(hn::Xor(x, hn::ShiftRight<16>(x)), SetBits(0x7feb352dU));
  x = hn::Mul(hn::Xor(x, hn::ShiftRight<15>(x)), SetBits(0x846ca68bU));
  return hn::Xor(x, hn::ShiftRight<16>(x));
}

// `random` below 2^16. Adding to a value that is not finite would turn it into a number.
void Round(Vector value, Bits random, std::uint16_t* to) {
  const Bits bits = hn::BitCast(kBits, value);
  const Bits exponent = SetBits(0x7f800000U);
  const auto is_special = hn::Eq(hn::And(bits, exponent), exponent);
  const Bits rounded = hn::ShiftRight<16>(hn::Add(bits, hn::IfThenZeroElse(is_special, random)));
  hn::StoreU(hn::DemoteTo(kHalves, hn::BitCast(SignedTag{}, rounded)), kHalves, to);
}

}  // namespace

void WidenBfloat16(const std::uint16_t* weights, std::int64_t size, float* values) {
  std::int64_t i = 0;
  for (; i + kVectorLanes <= size; i += kVectorLanes) {
    hn::StoreU(Widen(weights + i), kFloat, values + i);
  }
  if (i < size) {
    std::uint16_t last[kVectorLanes] = {};
    std::copy(weights + i, weights + size, last);
    FirstLanes(size - i).Store(Widen(last), values + i);
  }
}

void RoundToBfloat16(const float* values, std::int64_t size, RoundingKey key,
                     std::uint16_t* weights) {
  // One draw serves value i with its lower half and value i + kVectorLanes with its upper.
  constexpr std::int64_t kPair = 2 * kVectorLanes;
  const Bits lower_half = SetBits(0xffffU);
  Bits counter = hn::Add(hn::Iota(kBits, 0), SetBits(key.first));
  const auto round_pair = [&](Vector low, Vector high, std::uint16_t* to) {
    const Bits random = hn::Xor(Mix(counter), SetBits(key.second));
    counter = hn::Add(counter, SetBits(static_cast<std::uint32_t>(kVectorLanes)));
    Round(low, hn::And(random, lower_half), to);
    Round(high, hn::ShiftRight<16>(random), to + kVectorLanes);
  };
  std::int64_t i = 0;
  for (; i + kPair <= size; i += kPair) {
    round_pair(hn::LoadU(kFloat, values + i), hn::LoadU(kFloat, values + i + kVectorLanes),
               weights + i);
  }
  if (i < size) {
    float last[kPair] = {};
    std::uint16_t rounded[kPair];
    std::copy(values + i, values + size, last);
    round_pair(hn::LoadU(kFloat, last), hn::LoadU(kFloat, last + kVectorLanes), rounded);
    std::copy_n(rounded, size - i, weights + i);
  }
}

}  // namespace biasbench::kernel
