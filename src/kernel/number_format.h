// How weights and their optimizer's states are stored. (Biases are stored as their strategy says,
// their states as floats.)
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace biasbench::kernel {

enum class NumberFormat : std::uint8_t { kFloat32, kBfloat16 };
inline constexpr auto kNumberFormatNames = std::to_array<std::string_view>({"float32", "bfloat16"});
constexpr std::string_view NameOf(NumberFormat format) {
  return kNumberFormatNames[static_cast<std::size_t>(format)];
}

constexpr std::int64_t BytesPerValue(NumberFormat format) {
  return format == NumberFormat::kBfloat16 ? 2 : 4;
}

struct Formats {
  NumberFormat weights = NumberFormat::kFloat32;
  NumberFormat states = NumberFormat::kFloat32;  // of the weights' optimizer

  bool operator==(const Formats&) const = default;
};

// Every pair.
inline constexpr auto kAllFormats = std::to_array<Formats>({
    {NumberFormat::kFloat32, NumberFormat::kFloat32},
    {NumberFormat::kFloat32, NumberFormat::kBfloat16},
    {NumberFormat::kBfloat16, NumberFormat::kFloat32},
    {NumberFormat::kBfloat16, NumberFormat::kBfloat16},
});

}  // namespace biasbench::kernel
