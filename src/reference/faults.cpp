#include "reference/faults.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <stdexcept>

#include "text/excerpt.h"

namespace biasbench::reference {
namespace {

// φ'(z_nh) a_h·δ_n, as z and the result are: (samples, hidden)
Values HiddenDeltas(const ReferenceNetwork& network, const Values& z, const Values& delta) {
  const auto [inputs, hidden, outputs, batch] = network.shape;
  Values deltas(z.size());
  for (std::size_t i = 0; i < z.size(); ++i) {
    const auto n = static_cast<std::int64_t>(i) / hidden;
    const auto h = static_cast<std::int64_t>(i) % hidden;
    for (std::int64_t o = 0; o < outputs; ++o) {
      deltas[i] += network.output_weights[h * outputs + o] * delta[n * outputs + o];
    }
    deltas[i] *= ReferenceSlope(network.activation, z[i]);
  }
  return deltas;
}

void SumOverNodes(const ReferenceNetwork& network, const Values& x, const Values& delta,
                  ReferenceGradients& gradients) {
  const std::int64_t hidden = network.shape.hidden;
  const Values deltas = HiddenDeltas(network, ReferencePreActivations(network, x), delta);
  const std::int64_t samples = static_cast<std::int64_t>(deltas.size()) / hidden;
  for (std::int64_t h = 0; h < hidden; ++h) {
    const auto row = deltas.begin() + h % samples * hidden;
    gradients.hidden_bias[h] = std::accumulate(row, row + hidden, 0.0);
  }
}

void DifferentiateWithoutBias(const ReferenceNetwork& network, const Values& x, const Values& delta,
                              ReferenceGradients& gradients) {
  const auto [inputs, hidden, outputs, batch] = network.shape;
  ReferenceNetwork without_bias = network;
  std::ranges::fill(without_bias.hidden_bias, 0.0);
  const Values deltas = HiddenDeltas(network, ReferencePreActivations(without_bias, x), delta);
  std::ranges::fill(gradients.hidden_bias, 0.0);
  std::ranges::fill(gradients.hidden_weights, 0.0);
  for (std::size_t i = 0; i < deltas.size(); ++i) {
    const auto n = static_cast<std::int64_t>(i) / hidden;
    const auto h = static_cast<std::int64_t>(i) % hidden;
    gradients.hidden_bias[h] += deltas[i];
    for (std::int64_t d = 0; d < inputs; ++d) {
      gradients.hidden_weights[h * inputs + d] += deltas[i] * x[n * inputs + d];
    }
  }
}

}  // namespace

Fault ParseFault(std::string_view name) {
  const auto found = std::ranges::find(kFaults, name, &FaultDescription::name);
  if (found != kFaults.end()) return static_cast<Fault>(found - kFaults.begin());
  std::vector<std::string_view> names(kFaults.size());
  std::ranges::transform(kFaults, names.begin(), &FaultDescription::name);
  throw std::invalid_argument(fmt::format("unknown fault '{}': expected one of {}",
                                          text::Excerpt(name), fmt::join(names, ", ")));
}

ReferenceGradients FaultyBackward(Fault fault, const ReferenceNetwork& network, const Values& x,
                                  const Values& output_gradient) {
  ReferenceGradients gradients = ReferenceBackward(network, x, output_gradient);
  if (fault == Fault::kBiasSign) {
    for (double& g : gradients.hidden_bias) g = -g;
    for (double& g : gradients.output_bias) g = -g;
  } else if (fault == Fault::kBiasAxis) {
    SumOverNodes(network, x, output_gradient, gradients);
  } else if (fault == Fault::kTransferInput) {
    DifferentiateWithoutBias(network, x, output_gradient, gradients);
  }
  return gradients;
}

}  // namespace biasbench::reference
