// One optimizer step on the entries of a storage policy.
#pragma once

#include <cstdint>
#include <numeric>
#include <span>

#include "kernel/optimizer.h"
#include "kernel/training_state.h"

namespace biasbench::kernel {

// The gradient of a bias that spans all tiles: the chunks' sums, added in their order.
inline float SumInOrder(std::span<const float> chunk_gradient) {
  return static_cast<float>(std::accumulate(chunk_gradient.begin(), chunk_gradient.end(), 0.0));
}

// entry_gradient: the gradients of the entries of nodes begin … begin + nodes − 1.
template <class Bias>
void StepHiddenBias(const Bias& bias, const TrainingState& state, std::int64_t begin,
                    std::int64_t nodes, const float* entry_gradient, const StepSettings& settings) {
  VisitOptimizer(state.bias_optimizer(), [&]<class Step>() {
    const Step step(settings, settings.hidden_bias());
    const auto apply = [&](float* values, const float* gradient, std::int64_t first_entry,
                           std::int64_t count) {
      ParameterGroup entries = state.hidden_bias().Of(nullptr) + first_entry;
      entries.values = values;
      ApplyStep(step, entries, gradient, count);
    };
    bias.Update(begin, nodes, entry_gradient, static_cast<std::uint32_t>(settings.number), apply);
  });
}

}  // namespace biasbench::kernel
