#include "reference/reference.h"

#include <algorithm>
#include <cmath>

#include "schedule/hidden_biases.h"

namespace biasbench::reference {
namespace {

Values BiasValues(const schedule::Parameters& parameters) {
  const std::int64_t hidden = parameters.configuration.shape.hidden;
  Values values(static_cast<std::size_t>(hidden));
  std::vector<float> scratch(static_cast<std::size_t>(hidden));
  const float* biases = schedule::HiddenBiases(parameters).Values({0, hidden}, scratch.data());
  if (biases != nullptr) std::copy_n(biases, hidden, values.begin());
  return values;
}

}  // namespace

double ReferenceActivation(kernel::ActivationKind kind, double z) {
  if (kind == kernel::ActivationKind::kTanh) return std::tanh(z);
  return z <= 0 ? 0 : z;
}

double ReferenceSlope(kernel::ActivationKind kind, double z) {
  if (kind == kernel::ActivationKind::kTanh) return 1 - std::tanh(z) * std::tanh(z);
  return z <= 0 ? 0 : 1;
}

ReferenceNetwork ToReference(const schedule::Parameters& parameters) {
  const schedule::Configuration& configuration = parameters.configuration;
  const schedule::Shape& shape = configuration.shape;
  const std::int64_t row_length = configuration.row_length();
  std::vector<float> hidden_weights(static_cast<std::size_t>(shape.hidden * row_length));
  std::vector<float> output_weights(static_cast<std::size_t>(shape.hidden * shape.outputs));
  parameters.ReadHiddenWeights(0, shape.hidden, hidden_weights.data());
  parameters.ReadOutputWeights(0, shape.hidden, output_weights.data());
  ReferenceNetwork network{.shape = shape,
                           .hidden_weights = {},
                           .output_weights = {output_weights.begin(), output_weights.end()},
                           .hidden_bias = BiasValues(parameters),
                           .output_bias = {},
                           .parametrization = configuration.parametrization,
                           .activation = configuration.activation};
  for (std::int64_t h = 0; h < shape.hidden; ++h) {
    const auto row = hidden_weights.begin() + h * row_length;
    network.hidden_weights.insert(network.hidden_weights.end(), row, row + shape.inputs);
    if (row_length > shape.inputs) network.hidden_bias[h] += row[shape.inputs];  // the bias unit's
  }
  network.output_bias.assign(static_cast<std::size_t>(shape.outputs),
                             configuration.strategy.initial_output_bias());
  if (!parameters.output_bias.empty()) {
    std::ranges::copy(parameters.output_bias.span(), network.output_bias.begin());
  }
  return network;
}

Values ReferencePreActivations(const ReferenceNetwork& network, const Values& x) {
  const auto [inputs, hidden, outputs, batch] = network.shape;
  const std::int64_t samples = static_cast<std::int64_t>(x.size()) / inputs;
  Values z(static_cast<std::size_t>(samples * hidden));
  for (std::int64_t n = 0; n < samples; ++n) {
    for (std::int64_t h = 0; h < hidden; ++h) {
      double sum = network.hidden_bias[h];
      for (std::int64_t d = 0; d < inputs; ++d) {
        sum += network.hidden_weights[h * inputs + d] * x[n * inputs + d];
      }
      z[n * hidden + h] = sum;
    }
  }
  return z;
}

Values ReferenceOutputs(const ReferenceNetwork& network, const Values& x) {
  const auto [inputs, hidden, outputs, batch] = network.shape;
  const Values z = ReferencePreActivations(network, x);
  const std::int64_t samples = static_cast<std::int64_t>(x.size()) / inputs;
  const double divisor = OutputDivisor(network.parametrization, hidden);
  Values f(static_cast<std::size_t>(samples * outputs));
  for (std::int64_t n = 0; n < samples; ++n) {
    for (std::int64_t o = 0; o < outputs; ++o) {
      double sum = 0;
      for (std::int64_t h = 0; h < hidden; ++h) {
        sum += network.output_weights[h * outputs + o] *
               ReferenceActivation(network.activation, z[n * hidden + h]);
      }
      f[n * outputs + o] = network.output_bias[o] + sum / divisor;
    }
  }
  return f;
}

ReferenceGradients ReferenceBackward(const ReferenceNetwork& network, const Values& x,
                                     const Values& output_gradient) {
  const auto [inputs, hidden, outputs, batch] = network.shape;
  const Values z = ReferencePreActivations(network, x);
  const std::int64_t samples = static_cast<std::int64_t>(x.size()) / inputs;
  ReferenceGradients gradients{.hidden_weights = Values(network.hidden_weights.size()),
                               .output_weights = Values(network.output_weights.size()),
                               .hidden_bias = Values(network.hidden_bias.size()),
                               .output_bias = Values(network.output_bias.size())};
  for (std::int64_t n = 0; n < samples; ++n) {
    const double* delta_f = &output_gradient[n * outputs];
    for (std::int64_t o = 0; o < outputs; ++o) gradients.output_bias[o] += delta_f[o];
    for (std::int64_t h = 0; h < hidden; ++h) {
      const double phi = ReferenceActivation(network.activation, z[n * hidden + h]);
      double delta_phi = 0;
      for (std::int64_t o = 0; o < outputs; ++o) {
        gradients.output_weights[h * outputs + o] += phi * delta_f[o];
        delta_phi += network.output_weights[h * outputs + o] * delta_f[o];
      }
      const double delta_z = ReferenceSlope(network.activation, z[n * hidden + h]) * delta_phi;
      gradients.hidden_bias[h] += delta_z;
      for (std::int64_t d = 0; d < inputs; ++d) {
        gradients.hidden_weights[h * inputs + d] += delta_z * x[n * inputs + d];
      }
    }
  }
  return gradients;
}

}  // namespace biasbench::reference
