#include "kernel/tiled_schedule.h"

#include <algorithm>
#include <numeric>
#include <span>

#include "bias/storage.h"
#include "kernel/hidden_bias_step.h"

namespace biasbench::kernel {

using memory::Category;
using memory::Phase;

template <class Bias>
TiledSchedule<Bias>::WorkspaceLayout::WorkspaceLayout(std::int64_t tile,
                                                      const Parameters& parameters,
                                                      bool stores_activations)
    : size(0) {
  // Each array begins on a cache line.
  const auto reserve = [this](std::int64_t floats) {
    const std::int64_t begin = size;
    size += (floats + 15) / 16 * 16;
    return begin;
  };
  const Shape& shape = parameters.shape;
  const bool is_narrow = IsNarrow(parameters.row_length, shape.outputs);
  const std::int64_t product_nodes = is_narrow ? 0 : tile;
  const std::int64_t narrow_nodes = is_narrow ? tile : 0;
  const std::int64_t widened_nodes = parameters.stores_float_weights() ? 0 : tile;
  activation = reserve(stores_activations ? 0 : product_nodes * shape.batch);
  delta = reserve(product_nodes * shape.batch);
  lane_sums = reserve(is_narrow ? shape.batch * kNodeLanes : 0);
  hidden_weight_gradient = reserve(narrow_nodes * parameters.row_length);
  output_weight_gradient = reserve(narrow_nodes * shape.outputs);
  node_gradient = reserve(tile);
  entry_gradient = reserve(tile);
  bias = reserve(tile);
  hidden_weights = reserve(widened_nodes * parameters.row_length);
  output_weights = reserve(widened_nodes * shape.outputs);
}

template <class Bias>
TiledSchedule<Bias>::TiledSchedule(const ScheduleDescription& description, Optimizer optimizer,
                                   int threads, Parameters& parameters, memory::Ledger& ledger)
    : stores_activations_(description.stores_activations),
      streams_(description.streams && !Bias::kSpansTiles),
      is_narrow_(IsNarrow(parameters.row_length, parameters.shape.outputs)),
      optimizer_(optimizer),
      threads_(threads),
      parameters_(parameters),
      ledger_(ledger),
      tiling_(parameters.shape.hidden, parameters.row_length, parameters.shape.batch,
              parameters.strategy.group()),
      layout_(tiling_.tile_nodes(), parameters, stores_activations_),
      bias_(parameters.hidden_bias_policy()),
      layer_outputs_(ledger, parameters, tiling_.chunks()) {}

template <class Bias>
void TiledSchedule<Bias>::AllocateForward() {
  if (!workspace_.empty()) return;
  workspace_ = {ledger_, Category::kWorkspace, threads_ * layout_.size};
  if (stores_activations_) {
    activations_ = {ledger_, Category::kActivations,
                    parameters_.shape.hidden * parameters_.shape.batch};
  }
}

template <class Bias>
void TiledSchedule<Bias>::AllocateUpdate() {
  if (state_ != nullptr) return;
  state_ = std::make_unique<TrainingState>(ledger_, optimizer_, parameters_);
  if (Bias::kSpansTiles && parameters_.trains_hidden_bias()) {
    chunk_gradient_ = {ledger_, Category::kBiasGradient, tiling_.chunks()};
  }
}

template <class Bias>
float* TiledSchedule<Bias>::HiddenWeights(NodeRange tile, float* workspace) const {
  return parameters_.stores_float_weights()
             ? parameters_.hidden_weights.data() + tile.begin * parameters_.row_length
             : workspace + layout_.hidden_weights;
}

template <class Bias>
float* TiledSchedule<Bias>::OutputWeights(NodeRange tile, float* workspace) const {
  return parameters_.stores_float_weights()
             ? parameters_.output_weights.data() + tile.begin * parameters_.shape.outputs
             : workspace + layout_.output_weights;
}

template <class Bias>
TileWeights TiledSchedule<Bias>::Weights(NodeRange tile, float* workspace,
                                         bool needs_hidden) const {
  float* hidden = HiddenWeights(tile, workspace);
  float* output = OutputWeights(tile, workspace);
  if (!parameters_.stores_float_weights()) {
    if (needs_hidden) parameters_.ReadHiddenWeights(tile.begin, tile.size, hidden);
    parameters_.ReadOutputWeights(tile.begin, tile.size, output);
  }
  return {hidden, output};
}

template <class Bias>
float* TiledSchedule<Bias>::Activation(NodeRange tile, float* workspace) const {
  // At the same place whatever a batch's size: under streaming two batches' activations coexist,
  // one in the tiles that are done and one in those that are not.
  return stores_activations_ ? activations_.data() + tile.begin * parameters_.shape.batch
                             : workspace + layout_.activation;
}

template <class Bias>
template <Rows kWeights>
void TiledSchedule<Bias>::ComputeActivation(NodeRange tile, const TileWeights& weights,
                                            const BatchView& batch, float* workspace) const {
  float* activation = Activation(tile, workspace);
  if constexpr (Bias::kIsPresent) {
    ForwardTile<kWeights>(tile.size, weights.hidden_weights, batch,
                          FromBias{BiasValues(tile, workspace)}, activation);
  } else {
    ForwardTile<kWeights>(tile.size, weights.hidden_weights, batch, FromZero{}, activation);
  }
}

template <class Bias>
NarrowParameters TiledSchedule<Bias>::Narrow(NodeRange tile, const TileWeights& weights,
                                             float* workspace) const {
  if constexpr (!Bias::kIsPresent) {
    return {tile.size, weights.hidden_weights, weights.output_weights, nullptr};
  } else {
    float* bias = workspace + layout_.bias;
    const auto values = BiasValues(tile, workspace);
    for (std::int64_t i = 0; i < tile.size; ++i) bias[i] = values(i);
    return {tile.size, weights.hidden_weights, weights.output_weights, bias};
  }
}

template <class Bias>
void TiledSchedule<Bias>::BeginShare(std::int64_t chunk, const BatchView& batch, float* workspace) {
  if (is_narrow_) {
    std::fill_n(workspace + layout_.lane_sums, batch.size * kNodeLanes, 0.0F);
  } else {
    std::ranges::fill(layer_outputs_.Share(chunk, batch.size), 0.0F);
  }
}

template <class Bias>
template <Rows kWeights>
void TiledSchedule<Bias>::ForwardTileOf(NodeRange tile, std::int64_t chunk, const BatchView& batch,
                                        float* workspace) {
  const TileWeights weights = Weights(tile, workspace);
  if (is_narrow_) {
    ForwardNarrow(Narrow(tile, weights, workspace), batch,
                  stores_activations_ ? Activation(tile, workspace) : nullptr,
                  workspace + layout_.lane_sums);
    return;
  }
  ComputeActivation<kWeights>(tile, weights, batch, workspace);
  AccumulateOutputs(tile.size, parameters_.shape.outputs, batch.size, weights.output_weights,
                    Activation(tile, workspace), layer_outputs_.Share(chunk, batch.size).data());
}

template <class Bias>
void TiledSchedule<Bias>::FinishShare(std::int64_t chunk, const BatchView& batch,
                                      float* workspace) {
  if (!is_narrow_) return;
  const std::span<float> share = layer_outputs_.Share(chunk, batch.size);
  for (std::int64_t n = 0; n < batch.size; ++n) {
    const float* lanes = workspace + layout_.lane_sums + n * kNodeLanes;
    share[n] = std::accumulate(lanes, lanes + kNodeLanes, 0.0F);
  }
}

template <class Bias>
void TiledSchedule<Bias>::Forward(const BatchView& batch, float* outputs) {
  ledger_.EnterPhase(Phase::kForward);
  AllocateForward();
  tiling_.ForEachChunk(threads_, [&](std::int64_t chunk, int thread) {
    float* workspace = ThreadWorkspace(thread);
    BeginShare(chunk, batch, workspace);
    tiling_.ForEachTile(chunk, [&](NodeRange tile) {
      ForwardTileOf<Rows::kInMemory>(tile, chunk, batch, workspace);
    });
    FinishShare(chunk, batch, workspace);
  });
  layer_outputs_.Reduce(batch.size, outputs);
}

template <class Bias>
void TiledSchedule<Bias>::Update(const BatchView& batch, const float* output_gradient,
                                 const StepSettings& settings) {
  Pass(batch, output_gradient, settings, nullptr);
}

template <class Bias>
void TiledSchedule<Bias>::UpdateAndForward(const BatchView& batch, const float* output_gradient,
                                           const StepSettings& settings, const BatchView& next,
                                           float* next_outputs) {
  if (!streams_) {
    Schedule::UpdateAndForward(batch, output_gradient, settings, next, next_outputs);
    return;
  }
  Pass(batch, output_gradient, settings, &next);
  layer_outputs_.Reduce(next.size, next_outputs);
}

template <class Bias>
void TiledSchedule<Bias>::Pass(const BatchView& batch, const float* output_gradient,
                               const StepSettings& settings, const BatchView* next) {
  ledger_.EnterPhase(Phase::kUpdate);
  AllocateUpdate();
  const OutputGradient gradient = layer_outputs_.Hold(output_gradient, batch.size);
  VisitOptimizer(optimizer_, [&]<class Step>() {
    const Step step(settings, settings.weights());
    tiling_.ForEachChunk(threads_, [&](std::int64_t chunk, int thread) {
      float* workspace = ThreadWorkspace(thread);
      if (!chunk_gradient_.empty()) chunk_gradient_[chunk] = 0;
      if (next != nullptr) BeginShare(chunk, *next, workspace);
      tiling_.ForEachTile(chunk, [&](NodeRange tile) {
        UpdateTile(tile, chunk, batch, gradient, settings, step, workspace);
        if (next != nullptr) ForwardTileOf<Rows::kInCache>(tile, chunk, *next, workspace);
      });
      if (next != nullptr) FinishShare(chunk, *next, workspace);
    });
  });
  if (Bias::kSpansTiles && updates_hidden_bias(settings)) UpdateSpanningBias(settings);
  UpdateOutputBias(parameters_, *state_, gradient, batch.size, settings);
}

template <class Bias>
template <class Step>
void TiledSchedule<Bias>::UpdateTile(NodeRange tile, std::int64_t chunk, const BatchView& batch,
                                     const OutputGradient& gradient, const StepSettings& settings,
                                     const Step& step, float* workspace) {
  if (is_narrow_) {
    UpdateNarrowWeights(tile, batch, gradient, step, workspace);
  } else {
    UpdateWeights(tile, batch, gradient, step, workspace);
    if (updates_hidden_bias(settings)) {
      NodeGradient(tile.size, batch.size, workspace + layout_.delta,
                   workspace + layout_.node_gradient);
    }
  }
  if (parameters_.trains_weights()) {
    parameters_.WriteWeights(tile.begin, tile.size, settings.number, HiddenWeights(tile, workspace),
                             OutputWeights(tile, workspace));
  }
  if (updates_hidden_bias(settings)) UpdateHiddenBias(tile, chunk, settings, workspace);
}

template <class Bias>
template <class Step>
void TiledSchedule<Bias>::UpdateWeights(NodeRange tile, const BatchView& batch,
                                        const OutputGradient& gradient, const Step& step,
                                        float* workspace) {
  // Stored activations are all that biases need.
  const bool needs_hidden = !stores_activations_ || parameters_.trains_weights();
  const TileWeights weights = Weights(tile, workspace, needs_hidden);
  if (!stores_activations_) ComputeActivation<Rows::kInMemory>(tile, weights, batch, workspace);
  const float* activation = Activation(tile, workspace);
  float* delta = workspace + layout_.delta;
  DeltaTile(tile.size, batch.size, weights.output_weights, gradient, activation, delta);
  if (!parameters_.trains_weights()) return;
  const auto [hidden_weights, output_weights] = WeightGroups(tile, workspace);
  OutputWeightGradient(
      tile.size, batch.size, gradient, activation,
      [&](std::int64_t i, Vector g, auto lanes) { step(output_weights, i, g, lanes); });
  HiddenWeightGradient(tile.size, batch, delta, [&](std::int64_t i, Vector g, auto lanes) {
    hidden_weights.PrefetchAt(i + kStripeFloats);
    step(hidden_weights, i, g, lanes);
  });
}

template <class Bias>
template <class Step>
void TiledSchedule<Bias>::UpdateNarrowWeights(NodeRange tile, const BatchView& batch,
                                              const OutputGradient& gradient, const Step& step,
                                              float* workspace) {
  const NarrowGradients gradients{workspace + layout_.hidden_weight_gradient,
                                  workspace + layout_.output_weight_gradient,
                                  workspace + layout_.node_gradient};
  BackwardNarrow(Narrow(tile, Weights(tile, workspace), workspace), batch, gradient,
                 stores_activations_ ? Activation(tile, workspace) : nullptr, gradients);
  if (!parameters_.trains_weights()) return;
  const auto [hidden_weights, output_weights] = WeightGroups(tile, workspace);
  ApplyStep(step, hidden_weights, gradients.hidden_weights, tile.size * parameters_.row_length);
  ApplyStep(step, output_weights, gradients.output_weights, tile.size);
}

template <class Bias>
typename TiledSchedule<Bias>::TileGroups TiledSchedule<Bias>::WeightGroups(NodeRange tile,
                                                                           float* workspace) const {
  TileGroups groups{state_->hidden_weights().Of(nullptr) + tile.begin * parameters_.row_length,
                    state_->output_weights().Of(nullptr) + tile.begin * parameters_.shape.outputs};
  groups.hidden_weights.values = HiddenWeights(tile, workspace);
  groups.output_weights.values = OutputWeights(tile, workspace);
  return groups;
}

template <class Bias>
void TiledSchedule<Bias>::UpdateHiddenBias(NodeRange tile, std::int64_t chunk,
                                           const StepSettings& settings, float* workspace) {
  if constexpr (Bias::kIsUpdated) {
    float* entry_gradient = workspace + layout_.entry_gradient;
    bias_.Reduce({workspace + layout_.node_gradient, static_cast<std::size_t>(tile.size)},
                 entry_gradient);
    if constexpr (Bias::kSpansTiles) {
      chunk_gradient_[chunk] += *entry_gradient;
    } else {
      StepHiddenBias(bias_, *state_, tile.begin, tile.size, entry_gradient, settings);
    }
  }
}

template <class Bias>
void TiledSchedule<Bias>::UpdateSpanningBias(const StepSettings& settings) {
  if constexpr (Bias::kSpansTiles) {
    const float gradient = SumInOrder(chunk_gradient_.span());
    StepHiddenBias(bias_, *state_, 0, parameters_.shape.hidden, &gradient, settings);
  }
}

template <class Bias>
void TiledSchedule<Bias>::FreezeBiases() {
  chunk_gradient_ = {};
  if (state_ != nullptr) state_->FreeBiasState();
}

template class TiledSchedule<bias::NoBias>;
template class TiledSchedule<bias::Constant>;
template class TiledSchedule<bias::PerNeuron>;
template class TiledSchedule<bias::Bfloat16>;
template class TiledSchedule<bias::Hashed>;
template class TiledSchedule<bias::Grouped>;
template class TiledSchedule<bias::Shared>;

}  // namespace biasbench::kernel
