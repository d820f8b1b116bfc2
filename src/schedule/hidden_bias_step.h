// The step of the hidden biases in a pass that updates tile by tile: a tile's biases as soon as
// their gradient is known; one bias that spans all tiles only after the pass, from the sum of its
// gradients over all chunks.
#pragma once

#include "memory/ledger.h"
#include "schedule/chunk_sums.h"
#include "schedule/configuration.h"
#include "schedule/hidden_biases.h"
#include "schedule/memory_sum.h"
#include "schedule/parts.h"
#include "schedule/step.h"
#include "schedule/tiling.h"
#include "schedule/training_state.h"

namespace biasbench::schedule {

class HiddenBiasStep {
 public:
  // Does not allocate. `biases` must outlive it.
  HiddenBiasStep(const Configuration& configuration, const HiddenBiases& biases)
      : configuration_(configuration),
        biases_(biases),
        trains_hidden_bias_(configuration.trains_hidden_bias()) {}
  // The formula of its buffers' bytes.
  static void AddBytes(const Configuration& configuration, MemorySum& sum);

  // Makes room for the sum, if there is one. Throws memory::OutOfMemory.
  void Allocate(memory::Ledger& ledger);
  // Frees it; later steps must have updates_biases false.
  void Free() { spanning_gradient_ = {}; }

  // True if a step with these settings updates hidden biases.
  bool Updates(const StepSettings& settings) const {
    return settings.updates_biases && trains_hidden_bias_;
  }
  // True if it does so only after the pass, because one bias spans all tiles.
  bool UpdatesAfterPass(const StepSettings& settings) const {
    return biases_.spans_tiles() && Updates(settings);
  }

  // A chunk's share of the sum, if there is one: zeroed before its tiles, completed after them.
  void BeginShare(Part part, const StepSettings& settings);
  void CloseShare(Part part, const StepSettings& settings);
  // Steps the tile's biases or, where one bias spans all tiles, adds to the chunk's share of its
  // gradient. node_gradient (tile.size) is that of the tile's nodes; entry_gradient (tile.size) is
  // scratch.
  void StepTile(NodeRange tile, Part part, const float* node_gradient, float* entry_gradient,
                const TrainingState& state, const StepSettings& settings);
  // Steps the bias that spans all tiles, if there is one, after the pass.
  void Finish(const TrainingState& state, const StepSettings& settings) const;

 private:
  const Configuration& configuration_;
  const HiddenBiases& biases_;
  bool trains_hidden_bias_;      // asked of the strategy once, not once a tile
  ChunkSums spanning_gradient_;  // where one bias spans all tiles
};

}  // namespace biasbench::schedule
