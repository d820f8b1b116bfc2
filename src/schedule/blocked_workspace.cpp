#include "schedule/blocked_workspace.h"

#include "schedule/memory_sum.h"
#include "schedule/workspace.h"

namespace biasbench::schedule {

BlockedWorkspace::BlockedWorkspace(const Configuration& configuration) {
  Workspace workspace;
  const Shape& shape = configuration.shape;
  const std::int64_t tile = configuration.tiling().tile_nodes();
  const std::int64_t samples = configuration.pass_samples();
  const bool has_pairs = configuration.multiplies_bfloat16() && configuration.trains_weights();
  product = workspace.Reserve(tile, samples);
  delta_pairs = workspace.Reserve(has_pairs ? tile : 0, (samples + 1) / 2);
  activation = workspace.Reserve(tile, shape.batch);
  lane_sums = workspace.Reserve(MemorySum::Multiply({shape.outputs, samples}), kernel::kNodeLanes);
  output_weights = workspace.Reserve(tile, shape.outputs);
  transposed_weights = workspace.Reserve(tile, shape.outputs);
  hidden_weights =
      workspace.Reserve(configuration.stores_weights() ? 0 : tile, configuration.row_length());
  node_gradient = workspace.Reserve(tile, 1);
  entry_gradient = workspace.Reserve(tile, 1);
  bias = workspace.Reserve(tile, 1);
  size = workspace.size();
}

}  // namespace biasbench::schedule
