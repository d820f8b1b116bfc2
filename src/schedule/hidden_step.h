// The step of a tile's hidden weights, alone or with the next batch's products. Each is compiled
// for every optimizer and every format, which takes minutes, so they are two files.
#pragma once

#include <cstdint>
#include <optional>

#include "kernel/hidden_products.h"
#include "schedule/parameters.h"
#include "schedule/tiling.h"
#include "schedule/training_state.h"

namespace biasbench::schedule {

struct HiddenStep {
  const Parameters& parameters;
  const TrainingState& state;
  const StepSettings& settings;
  NodeRange tile;
  const kernel::BatchView& batch;
  kernel::HiddenDelta delta;
};

// The optimizer's step on the tile's hidden weights, W −= η ∂W under SGD. Returns the number of
// rows left unwritten because they do not change.
std::int64_t StepHiddenWeights(const HiddenStep& step);

// The step and, in the same walk, activation (nodes, next.size) of the next batch, bias (nodes) or
// null. Does nothing and returns nullopt unless both batches are small enough.
std::optional<std::int64_t> StepAndForwardInOneWalk(const HiddenStep& step,
                                                    const kernel::BatchView& next,
                                                    const float* bias, float* activation);

}  // namespace biasbench::schedule
