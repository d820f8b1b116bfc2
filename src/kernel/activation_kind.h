// The activation functions of a hidden layer.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace biasbench::kernel {

enum class ActivationKind : std::uint8_t { kRelu, kTanh };
inline constexpr auto kActivationNames = std::to_array<std::string_view>({"relu", "tanh"});
constexpr std::string_view NameOf(ActivationKind kind) {
  return kActivationNames[static_cast<std::size_t>(kind)];
}

// True if one bit of each activation, zero or not, is enough for its gradient.
constexpr bool HasOneBitGradient(ActivationKind kind) { return kind == ActivationKind::kRelu; }

}  // namespace biasbench::kernel
