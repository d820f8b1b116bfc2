// How weights and their optimizer's state are stored. (Biases are stored as their strategy says.)
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace biasbench::kernel {

enum class WeightFormat : std::uint8_t { kFloat32, kBfloat16 };
inline constexpr auto kWeightFormatNames = std::to_array<std::string_view>({"float32", "bfloat16"});
constexpr std::string_view NameOf(WeightFormat format) {
  return kWeightFormatNames[static_cast<std::size_t>(format)];
}

constexpr std::int64_t BytesPerValue(WeightFormat format) {
  return format == WeightFormat::kBfloat16 ? 2 : 4;
}

}  // namespace biasbench::kernel
