// Losses and their gradients with respect to the outputs.
//
// Regression: squared error, mean over samples and outputs. Classification: softmax cross-entropy,
// mean over samples.
#pragma once

#include <cstdint>
#include <span>

#include "data/dataset.h"

namespace biasbench::network {

struct LossSum {
  double loss = 0;           // summed over samples
  std::int64_t correct = 0;  // classification: samples whose largest output is the label's

  LossSum& operator+=(const LossSum& other) {
    loss += other.loss;
    correct += other.correct;
    return *this;
  }
};

// outputs (order.size(), dataset.outputs) are the network's for the samples of `order`. If
// `gradient` is not null it receives δ, that of the mean loss: (order.size(), dataset.outputs).
LossSum ComputeLoss(const data::Dataset& dataset, std::span<const std::int32_t> order,
                    const float* outputs, float* gradient);

}  // namespace biasbench::network
