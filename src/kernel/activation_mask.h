// ReLU's derivative as one bit a node and sample: all that is needed of the activations when no
// weight is trained (TinyTL, arXiv 2007.11622).
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "kernel/lanes.h"

namespace biasbench::kernel {

constexpr std::int64_t MaskBytes(std::int64_t activations) { return (activations + 7) / 8; }

// Sets bit i % 8 of mask[i / 8] if activation i is not zero (NaN included), for i < size.
inline void PackActivationMask(const float* activation, std::int64_t size, std::uint8_t* mask) {
  std::int64_t i = 0;
  if constexpr (kVectorLanes >= 8) {
    for (; i + kVectorLanes <= size; i += kVectorLanes) {
      // Not Ne: that is false for NaN.
      const auto is_zero = hn::Eq(hn::LoadU(kFloat, activation + i), hn::Zero(kFloat));
      hn::StoreMaskBits(kFloat, hn::Not(is_zero), mask + i / 8);
    }
  }
  for (; i < size; i += 8) {
    unsigned bits = 0;
    for (std::int64_t j = i; j < std::min(i + 8, size); ++j) {
      bits |= static_cast<unsigned>(activation[j] != 0) << (j - i);
    }
    mask[i / 8] = static_cast<std::uint8_t>(bits);
  }
}

// Sets activation[i] to 1 where the bit is set, else to 0: enough for Relu::Gradient.
inline void UnpackActivationMask(const std::uint8_t* mask, std::int64_t size, float* activation) {
  std::int64_t i = 0;
  if constexpr (kVectorLanes >= 8) {
    for (; i + kVectorLanes <= size; i += kVectorLanes) {
      // Highway may read a whole word.
      std::uint8_t bits[8] = {};
      std::memcpy(bits, mask + i / 8, kVectorLanes / 8);
      const auto is_active = hn::LoadMaskBits(kFloat, bits);
      hn::StoreU(hn::IfThenElseZero(is_active, hn::Set(kFloat, 1)), kFloat, activation + i);
    }
  }
  for (; i < size; ++i) activation[i] = static_cast<float>(mask[i / 8] >> (i % 8) & 1);
}

}  // namespace biasbench::kernel
