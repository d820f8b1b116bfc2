// The layout of a thread's workspace in the schedule `blocked`: offsets in floats from its
// beginning.
#pragma once

#include <cstdint>

#include "schedule/configuration.h"

namespace biasbench::schedule {

struct BlockedWorkspace {
  explicit BlockedWorkspace(const Configuration& configuration);
  std::int64_t product;             // (tile, samples): W x, or the deltas as the update takes them
  std::int64_t delta_pairs;         // (tile, ⌈samples / 2⌉): for products of bfloat16
  std::int64_t activation;          // (batch, tile)
  std::int64_t lane_sums;           // (outputs, samples, kNodeLanes)
  std::int64_t output_weights;      // (tile, outputs), as floats
  std::int64_t transposed_weights;  // (outputs, tile)
  std::int64_t hidden_weights;      // (tile, row_length), where they are drawn again
  std::int64_t node_gradient;       // (tile)
  std::int64_t entry_gradient;      // (tile)
  std::int64_t bias;                // (tile)
  std::int64_t size;
};

}  // namespace biasbench::schedule
