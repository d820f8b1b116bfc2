// Gradients by central differences of the loss, in double precision: the standard for gradients by
// formula and for whole training steps.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "reference/reference.h"

namespace biasbench::reference {

// A mean loss of outputs (samples, outputs), and its gradient δ with respect to them.
struct LossInDouble {
  std::function<double(const Values& outputs)> loss;
  std::function<Values(const Values& outputs)> gradient;
};

// Mean over samples and outputs; targets (samples, outputs).
LossInDouble SquaredErrorInDouble(const Values& targets);
// Mean over samples; a label in [0, classes) for each.
LossInDouble CrossEntropyInDouble(const std::vector<std::int32_t>& labels, std::size_t classes);

// A group of parameters that are trained alike.
struct GradientGroup {
  std::string_view name;
  Values ReferenceNetwork::*values;
  Values ReferenceGradients::*gradients;
  bool is_hidden;  // gradients are the loss's times OutputDivisor
  bool is_bias;
};
inline constexpr std::array<GradientGroup, 4> kGradientGroups = {{
    {"hidden_weights", &ReferenceNetwork::hidden_weights, &ReferenceGradients::hidden_weights, true,
     false},
    {"output_weights", &ReferenceNetwork::output_weights, &ReferenceGradients::output_weights, true,
     false},
    {"hidden_bias", &ReferenceNetwork::hidden_bias, &ReferenceGradients::hidden_bias, true, true},
    {"output_bias", &ReferenceNetwork::output_bias, &ReferenceGradients::output_bias, false, true},
}};

// Every parameter is moved by ±1e-6, so no pre-activation for the inputs x (samples, inputs) may be
// that near to ReLU's kink.
ReferenceGradients CentralDifferences(const ReferenceNetwork& network, const Values& x,
                                      const LossInDouble& loss);

// |found − expected| / |expected|, Euclidean norms; where nothing is expected, 0 for nothing found
// and else infinity.
double RelativeError(const Values& expected, const Values& found);

}  // namespace biasbench::reference
