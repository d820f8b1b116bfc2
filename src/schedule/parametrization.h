// Parametrizations: the ranges of initial values and a hidden node's share of the outputs. They
// differ only in the numbers here; kernels do not know of them.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <string_view>

#include "bias/storage_policy.h"
#include "schedule/shape.h"

namespace biasbench::schedule {

// kMeanField: f = c + (1/H) Σ a φ, hidden parameters' gradients times H (Tensor Programs V, table
// 3, for SGD): training does not depend on the width. kStandard: what frameworks do by default,
// f = c + Σ a φ, everything drawn from U(±1/√fan-in) and one learning rate for plain gradients.
enum class Parametrization : std::uint8_t { kMeanField, kStandard };
inline constexpr auto kParametrizationNames =
    std::to_array<std::string_view>({"mean_field", "standard"});
constexpr std::string_view NameOf(Parametrization parametrization) {
  return kParametrizationNames[static_cast<std::size_t>(parametrization)];
}

// The divisor of the sum over hidden nodes in the outputs, and the factor on ∂loss/∂θ in the
// gradients of hidden parameters. With both done outside them, the same kernels serve all
// parametrizations.
constexpr double OutputDivisor(Parametrization parametrization, std::int64_t hidden) {
  return parametrization == Parametrization::kMeanField ? static_cast<double>(hidden) : 1.0;
}

// The half widths of the uniform initial values.
struct HalfWidths {
  float hidden_weights;
  float output_weights;
  float random_biases;  // of strategies that start from random biases
};

inline HalfWidths HalfWidthsOf(Parametrization parametrization, const Shape& shape) {
  const auto inputs = static_cast<double>(shape.inputs);
  if (parametrization == Parametrization::kMeanField) {
    return {static_cast<float>(std::sqrt(6.0 / inputs)), bias::kRandomHalfWidth,
            bias::kRandomHalfWidth};
  }
  const auto from_inputs = static_cast<float>(1 / std::sqrt(inputs));
  return {from_inputs, static_cast<float>(1 / std::sqrt(static_cast<double>(shape.hidden))),
          from_inputs};
}

}  // namespace biasbench::schedule
