// The distance by which training has moved the hidden layer's parameters.
#pragma once

#include <optional>

#include "schedule/parameters.h"

namespace biasbench::network {

// Root mean squares of θ − θ₀ over the hidden layer, as multiples of that of the initial hidden
// weights: biases and weights of inputs of size one then move alike where their figures are alike.
struct Movement {
  double hidden_weights = 0;
  std::optional<double> hidden_bias;  // nothing where there are none; 0 where they are fixed
};

// Measures the movement. Initial values are drawn again, so nothing needs to have been kept. A bias
// unit's weights are biases. With weights in bfloat16 the rounding of the initial ones counts as
// movement. The same bits for any number of threads.
Movement MeasureMovement(const schedule::Parameters& parameters, int threads);

}  // namespace biasbench::network
