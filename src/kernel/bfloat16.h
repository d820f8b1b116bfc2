// Weights in bfloat16, the upper half of a float: half the bytes, the same range, 8 bits of
// precision. Arithmetic stays in single precision: a tile's weights are widened where they are
// used, and after a step rounded up or down at random, with the probabilities that make the mean
// exact (Gupta et al., arXiv 1502.02551): rounded to nearest, steps below the last place would be
// lost.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "random/philox.h"

namespace biasbench::kernel {

// How weights are stored. (Biases are stored as their strategy says.)
enum class WeightFormat : std::uint8_t { kFloat32, kBfloat16 };
inline constexpr auto kWeightFormatNames = std::to_array<std::string_view>({"float32", "bfloat16"});
constexpr std::string_view NameOf(WeightFormat format) {
  return kWeightFormatNames[static_cast<std::size_t>(format)];
}

// values[i] = weights[i], for i < size.
void WidenBfloat16(const std::uint16_t* weights, std::int64_t size, float* values);

// Random bits for the roundings of one array. They are a function of these two words and a value's
// place, mixed by two multiplications a pair of values: Philox would cost more than the step.
struct RoundingKey {
  std::uint32_t first = 0;
  std::uint32_t second = 0;
};

// weights[i] = values[i], rounded stochastically, for i < size. Values that are bfloat16 numbers
// stay as they are; infinities and NaN stay what they are.
void RoundToBfloat16(const float* values, std::int64_t size, RoundingKey key,
                     std::uint16_t* weights);

}  // namespace biasbench::kernel
