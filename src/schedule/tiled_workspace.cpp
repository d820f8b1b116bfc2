#include "schedule/tiled_workspace.h"

#include "schedule/workspace.h"

namespace biasbench::schedule {

bool MakesOnePass(const Configuration& configuration) {
  return Describe(configuration.schedule).streams && !configuration.strategy.spans_all_nodes();
}

Kept KeptBy(const Configuration& configuration) {
  if (!Describe(configuration.schedule).stores_activations) return Kept::kNothing;
  // One bit of each of ReLU's activations is enough where no weight is trained.
  return configuration.trains_weights() || !HasOneBitGradient(configuration.activation)
             ? Kept::kActivations
             : Kept::kMask;
}

TiledWorkspace::TiledWorkspace(const Configuration& configuration) {
  Workspace workspace;
  const auto reserve = [&](std::int64_t nodes, std::int64_t per_node) {
    return workspace.Reserve(nodes, per_node);
  };
  const Shape& shape = configuration.shape;
  const std::int64_t row_length = configuration.row_length();
  const std::int64_t tile = configuration.tiling().tile_nodes();
  const Kept kept = KeptBy(configuration);
  const bool is_narrow = configuration.is_narrow();
  const std::int64_t product_nodes = is_narrow ? 0 : tile;
  const std::int64_t narrow_nodes = is_narrow ? tile : 0;
  // Products take hidden weights in any format, but they must be stored.
  const std::int64_t drawn_nodes = configuration.stores_weights() ? narrow_nodes : tile;
  const bool widens = !configuration.stores_float_weights();
  const std::int64_t activated_nodes = kept == Kept::kMask          ? tile
                                       : kept == Kept::kActivations ? 0
                                                                    : product_nodes;
  activation = reserve(activated_nodes, shape.batch);
  delta = reserve(product_nodes, shape.batch);
  delta_pairs =
      reserve(configuration.multiplies_bfloat16() && configuration.trains_weights() ? tile : 0,
              (shape.batch + 1) / 2);
  lane_sums = reserve(is_narrow ? shape.batch : 0, kernel::kNodeLanes);
  hidden_weight_gradient = reserve(narrow_nodes, row_length);
  output_weight_gradient =
      reserve(configuration.trains_weights() ? tile : narrow_nodes, shape.outputs);
  node_gradient = reserve(tile, 1);
  entry_gradient = reserve(tile, 1);
  bias = reserve(tile, 1);
  hidden_weights = reserve(widens ? drawn_nodes : 0, row_length);
  output_weights = reserve(widens ? tile : 0, shape.outputs);
  size = workspace.size();
}

}  // namespace biasbench::schedule
