// The textbook formulas in double precision, readable at a glance: the standard for every kernel
// and every gradient. No tiles, no threads, no tricks.
#pragma once

#include <cstdint>
#include <vector>

#include "schedule/parameters.h"
#include "schedule/shape.h"

namespace biasbench::reference {

// f(x) = c + Σ_h a_h φ(w_h·x + b_h) / OutputDivisor, every hidden node with a bias of its own.
struct ReferenceNetwork {
  schedule::Shape shape;
  std::vector<double> hidden_weights;  // (hidden, inputs)
  std::vector<double> output_weights;  // (hidden, outputs)
  std::vector<double> hidden_bias;     // (hidden)
  std::vector<double> output_bias;     // (outputs)
  schedule::Parametrization parametrization = schedule::Parametrization::kMeanField;
  kernel::ActivationKind activation = kernel::ActivationKind::kRelu;
};

// φ(z) and φ'(z), the latter 0 at ReLU's kink.
double ReferenceActivation(kernel::ActivationKind kind, double z);
double ReferenceSlope(kernel::ActivationKind kind, double z);

// The network that the parameters stand for: shared, constant, hashed, absent or missing biases and
// a bias unit's weights are written out as one bias a node.
ReferenceNetwork ToReference(const schedule::Parameters& parameters);

// z = w_h·x + b_h and f(x) for a batch x (samples, inputs).
std::vector<double> ReferencePreActivations(const ReferenceNetwork& network,
                                            const std::vector<double>& x);  // (samples, hidden)
std::vector<double> ReferenceOutputs(const ReferenceNetwork& network,
                                     const std::vector<double>& x);  // (samples, outputs)

// The gradients used in steps: hidden parameters' are ∂loss/∂θ times OutputDivisor (H times, or
// just ∂loss/∂θ).
struct ReferenceGradients {
  std::vector<double> hidden_weights;
  std::vector<double> output_weights;
  std::vector<double> hidden_bias;
  std::vector<double> output_bias;
};

// output_gradient (samples, outputs) is δ, the gradient of the mean loss with respect to f.
ReferenceGradients ReferenceBackward(const ReferenceNetwork& network, const std::vector<double>& x,
                                     const std::vector<double>& output_gradient);

}  // namespace biasbench::reference
