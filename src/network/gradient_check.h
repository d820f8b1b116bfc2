// Gradients by central differences of the loss, in double precision: what gradients by formula, and
// whole training steps, are held against.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "kernel/reference.h"

namespace biasbench::network {

using Values = std::vector<double>;

// A mean loss of outputs (samples, outputs), and its gradient δ with respect to them.
struct LossInDouble {
  std::function<double(const Values& outputs)> loss;
  std::function<Values(const Values& outputs)> gradient;
};

// Mean over samples and outputs; targets (samples, outputs).
LossInDouble SquaredErrorInDouble(const Values& targets);
// Mean over samples; a label in [0, classes) for each.
LossInDouble CrossEntropyInDouble(const std::vector<std::int32_t>& labels, std::size_t classes);

// The parameters that are trained alike.
struct GradientGroup {
  std::string_view name;
  Values kernel::ReferenceNetwork::*values;
  Values kernel::ReferenceGradients::*gradients;
  bool is_hidden;  // gradients are the loss's times OutputDivisor
  bool is_bias;
};
inline constexpr std::array<GradientGroup, 4> kGradientGroups = {{
    {"hidden_weights", &kernel::ReferenceNetwork::hidden_weights,
     &kernel::ReferenceGradients::hidden_weights, true, false},
    {"output_weights", &kernel::ReferenceNetwork::output_weights,
     &kernel::ReferenceGradients::output_weights, true, false},
    {"hidden_bias", &kernel::ReferenceNetwork::hidden_bias,
     &kernel::ReferenceGradients::hidden_bias, true, true},
    {"output_bias", &kernel::ReferenceNetwork::output_bias,
     &kernel::ReferenceGradients::output_bias, false, true},
}};

// Every parameter is moved by ±1e-6, so no pre-activation for the inputs x (samples, inputs) may be
// that near to ReLU's kink.
kernel::ReferenceGradients CentralDifferences(const kernel::ReferenceNetwork& network,
                                              const Values& x, const LossInDouble& loss);

// |found − expected| / |expected|, Euclidean norms; where nothing is expected, 0 for nothing found
// and else infinity.
double RelativeError(const Values& expected, const Values& found);

}  // namespace biasbench::network
