// The memory of a tiled schedule that depends on its configuration: what the forward pass keeps,
// and the layout of a thread's workspace.
#pragma once

#include <cstdint>

#include "schedule/configuration.h"

namespace biasbench::schedule {

// A streaming schedule makes one pass, unless one bias for all nodes forces a second.
bool MakesOnePass(const Configuration& configuration);

// The activations that the forward pass keeps for the backward pass.
enum class Kept : std::uint8_t { kNothing, kMask, kActivations };
Kept KeptBy(const Configuration& configuration);

// The layout of a thread's workspace: offsets in floats from its beginning.
struct TiledWorkspace {
  explicit TiledWorkspace(const Configuration& configuration);
  std::int64_t activation;  // (tile, batch), where it is not stored for all nodes
  // For matrix products:
  std::int64_t delta;        // (tile, batch)
  std::int64_t delta_pairs;  // (tile, ⌈batch / 2⌉): for products of bfloat16 by the processor
  // For narrow nodes:
  std::int64_t lane_sums;               // (batch, kNodeLanes)
  std::int64_t hidden_weight_gradient;  // (tile, row_length)
  // For narrow nodes or trained weights:
  std::int64_t output_weight_gradient;  // (tile, outputs)
  // For all:
  std::int64_t node_gradient;   // (tile)
  std::int64_t entry_gradient;  // (tile)
  std::int64_t bias;            // (tile)
  std::int64_t hidden_weights;  // (tile, row_length), drawn again, or widened where narrow
  std::int64_t output_weights;  // (tile, outputs), for weights not stored as floats
  std::int64_t size;
};

}  // namespace biasbench::schedule
