// The shape of a network and of a batch, and what one training step costs.
#pragma once

#include <cstdint>

namespace biasbench::schedule {

// f(x) = c + Σ_h a_h φ(w_h·x + b_h) / OutputDivisor, x in R^inputs, f in R^outputs.
struct Shape {
  std::int64_t inputs = 0;
  std::int64_t hidden = 0;
  std::int64_t outputs = 0;
  std::int64_t batch = 0;  // the largest number of samples of a step
};

// Floating-point operations that a training step on `batch` samples cannot do without: the products
// z, f, ∂φ, ∂A and ∂W of 2·batch·hidden·(inputs or outputs) each; ∂A and ∂W only where weights
// train.
constexpr double UsefulFlops(const Shape& shape, bool trains_weights) {
  const auto inputs = static_cast<double>(shape.inputs);
  const auto outputs = static_cast<double>(shape.outputs);
  const double per_node = trains_weights ? 4 * inputs + 6 * outputs : 2 * inputs + 4 * outputs;
  return static_cast<double>(shape.batch) * static_cast<double>(shape.hidden) * per_node;
}

}  // namespace biasbench::schedule
