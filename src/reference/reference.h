// The textbook formulas in double precision, readable at a glance: the standard for every kernel
// and every gradient. No tiles, no threads, no tricks.
#pragma once

#include <cstdint>
#include <vector>

#include "schedule/parameters.h"
#include "schedule/shape.h"

namespace biasbench::reference {

using Values = std::vector<double>;

// f(x) = c + Σ_h a_h φ(w_h·x + b_h) / OutputDivisor, every hidden node with a bias of its own.
struct ReferenceNetwork {
  schedule::Shape shape;
  Values hidden_weights;  // (hidden, inputs)
  Values output_weights;  // (hidden, outputs)
  Values hidden_bias;     // (hidden)
  Values output_bias;     // (outputs)
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
Values ReferencePreActivations(const ReferenceNetwork& network,
                               const Values& x);  // (samples, hidden)
Values ReferenceOutputs(const ReferenceNetwork& network,
                        const Values& x);  // (samples, outputs)

// The gradients used in steps: hidden parameters' are ∂loss/∂θ times OutputDivisor (H times, or
// just ∂loss/∂θ).
struct ReferenceGradients {
  Values hidden_weights;
  Values output_weights;
  Values hidden_bias;
  Values output_bias;
};

// output_gradient (samples, outputs) is δ, the gradient of the mean loss with respect to f.
ReferenceGradients ReferenceBackward(const ReferenceNetwork& network, const Values& x,
                                     const Values& output_gradient);

}  // namespace biasbench::reference
