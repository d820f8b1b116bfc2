// The step of a tile's hidden weights, by itself or with the next batch's products. Each is
// compiled for every optimizer's step and every format, which takes a compiler minutes: they are
// two files.
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

// W −= η ∂W, or what else the optimizer's step is. Returns how many rows it did not write, since
// they stay as they are.
std::int64_t StepHiddenWeights(const HiddenStep& step);

// The same and, in one walk, activation (nodes, next.size) of the next batch, bias (nodes) or null.
// Nothing is done, and nothing returned, where the batches are not both small enough for that.
std::optional<std::int64_t> StepAndForwardInOneWalk(const HiddenStep& step,
                                                    const kernel::BatchView& next,
                                                    const float* bias, float* activation);

}  // namespace biasbench::schedule
