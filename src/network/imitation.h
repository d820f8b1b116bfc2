// The share of a node's constant input that weights supply in place of biases. A node's input w·x +
// b has the constant part w·x̄ + b, with x̄ the mean of the training inputs: the weights supply
// |w·x̄| of it, the bias |b|.
#pragma once

#include <optional>
#include <vector>

#include "data/dataset.h"
#include "schedule/parameters.h"

namespace biasbench::network {

// The mean inputs x̄ (inputs).
std::vector<double> MeanInputs(const data::Dataset& dataset);

// |w·x̄| / (|w·x̄| + |b|), mean over the hidden nodes that have a constant part above rounding
// (1e-6); nothing if none has. A bias unit's weight is its nodes' b. The same bits for any number
// of threads.
std::optional<double> ImitationRatio(const schedule::Parameters& parameters,
                                     const std::vector<double>& mean_inputs, int threads);

}  // namespace biasbench::network
