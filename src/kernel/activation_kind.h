// The activation functions a hidden layer may have.
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

// Whether a bit of each activation, zero or not, is all that its gradient needs.
constexpr bool HasOneBitGradient(ActivationKind kind) { return kind == ActivationKind::kRelu; }

}  // namespace biasbench::kernel
