// bfloat16 products by the processor itself (AVX512-BF16): two neighbours at once, with sums in
// single precision. Weights are used as stored; the other operands, inputs and deltas, are rounded
// to nearest. Without these instructions weights are widened and nothing else is rounded.
#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "kernel/micro_kernel.h"

namespace biasbench::kernel {

enum class Bfloat16Products : std::uint8_t { kProcessor, kWidened };
inline constexpr std::array<std::string_view, 2> kBfloat16ProductsNames = {"processor", "widened"};

#if defined(__AVX512BF16__) && HWY_TARGET <= HWY_AVX3
#define BIASBENCH_HAS_BFLOAT16_PRODUCTS 1
#else
#define BIASBENCH_HAS_BFLOAT16_PRODUCTS 0
#endif
// True if this program was built for a processor with these products.
inline constexpr bool kHasBfloat16Products = BIASBENCH_HAS_BFLOAT16_PRODUCTS != 0;
// The faster ones. A Zen 4 makes these products at twice the rate of single precision's
// multiply-adds (1.9 times float32's samples/s), processors with AMX at half of it: an Intel Xeon,
// 784 inputs, batch 64, 36.7 samples/s by these products, 57.1 with widened weights, 54.7 in
// float32 (medians of 3 in turns).
#ifdef __AMX_BF16__
inline constexpr bool kHasFastBfloat16Products = false;
#else
inline constexpr bool kHasFastBfloat16Products = kHasBfloat16Products;
#endif
inline constexpr Bfloat16Products kDefaultBfloat16Products =
    kHasFastBfloat16Products ? Bfloat16Products::kProcessor : Bfloat16Products::kWidened;

// Operands whose k is a pair of neighbours, in a word of 32 bits.
struct PairFactors : FloatFactors {
  // sum + the products of the words' lower halves and of their upper ones. Denormal halves count as
  // zero, sums are rounded to nearest: at most once for each product.
  static HWY_INLINE Vector MulAdd(Vector left, Vector right, Vector sum) {
#if BIASBENCH_HAS_BFLOAT16_PRODUCTS
    return Vector{_mm512_dpbf16_ps(sum.raw, std::bit_cast<__m512bh>(left.raw),
                                   std::bit_cast<__m512bh>(right.raw))};
#else
    static_cast<void>(left), static_cast<void>(right);
    return sum;
#endif
  }
};

inline LeftOperand<PairFactors> LeftPairs(const std::uint16_t* data, std::int64_t row_stride) {
  return {reinterpret_cast<const std::byte*>(data),
          row_stride * static_cast<std::int64_t>(sizeof(std::uint16_t)), PairFactors::kBytes};
}

// The bfloat16 nearest to a float, ties to even.
inline std::uint16_t NearestBfloat16(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  if (std::isnan(value)) return static_cast<std::uint16_t>(bits >> 16 | 0x40U);
  return static_cast<std::uint16_t>((bits + 0x7fffU + (bits >> 16 & 1U)) >> 16);
}
inline float FromBfloat16(std::uint16_t half) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(half) << 16);
}

}  // namespace biasbench::kernel
