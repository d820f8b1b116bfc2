// The hidden layer's biases as schedules use them, whatever their storage: a tile's values, and
// their step from the gradients of its nodes. The storage policy is selected once a call, so once a
// tile rather than once a value.
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

  // True if the gradient of one bias comes from all tiles: then each tile only contributes a share.
  bool spans_tiles() const { return spans_tiles_; }
  // With the other ranks; null if there are none.
  ranks::Exchange* exchange() const { return exchange_; }

  // The index of the first storage entry of nodes from `begin` on.
  std::int64_t FirstEntry(std::int64_t begin) const;

  // Computes the gradients of the entries of a run of nodes from the nodes' gradients.
  void Reduce(std::span<const float> node_gradient, float* entry_gradient) const;

  // One optimizer step on the entries of `nodes`.
  void Step(NodeRange nodes, const float* entry_gradient, const TrainingState& state,
            const StepSettings& settings) const;

 private:
  Optimizer optimizer_;
  bias::Storage storage_;
  bias::HiddenBias policy_;
  bool spans_tiles_;
  ranks::Exchange* exchange_;
};

}  // namespace biasbench::schedule
