// The hidden layer's biases as schedules see them, whatever their storage: a tile's values, and
// their step from the gradients of its nodes. The storage's policy is chosen once a call, so once a
// tile, never once a value.
#pragma once

#include <cstdint>
#include <span>

#include "bias/storage.h"
#include "schedule/parameters.h"
#include "schedule/tiling.h"
#include "schedule/training_state.h"

namespace biasbench::schedule {

class HiddenBiases {
 public:
  explicit HiddenBiases(const Parameters& parameters);

  // The biases of `nodes`, where they are stored or in `scratch` (nodes.size floats); null if the
  // network has none.
  const float* Values(NodeRange nodes, float* scratch) const;

  // Whether one bias has its gradient from all tiles: then each only hands in a share of it.
  bool spans_tiles() const { return spans_tiles_; }

  // Which entry of the storage is the first of nodes from `begin` on.
  std::int64_t FirstEntry(std::int64_t begin) const;

  // The gradients of the entries of a run of nodes, from theirs.
  void Reduce(std::span<const float> node_gradient, float* entry_gradient) const;

  // One optimizer step on the entries of `nodes`.
  void Step(NodeRange nodes, const float* entry_gradient, const TrainingState& state,
            const StepSettings& settings) const;

 private:
  Optimizer optimizer_;
  bias::Storage storage_;
  bias::HiddenBias policy_;
  bool spans_tiles_;
};

}  // namespace biasbench::schedule
