#include "kernel/tiled_schedule.h"

#include <algorithm>
#include <numeric>
#include <span>
#include <type_traits>

#include "kernel/activation_mask.h"
#include "kernel/bfloat16.h"

namespace biasbench::kernel {

namespace {

// What HiddenWeightGradient does with the gradient.
template <class Step, class Values, class States>
class HiddenWeightStep {
 public:
  // first: where the gradient's first is among the weights.
  HiddenWeightStep(const Step& step, const ParameterGroup<Values, States>& weights,
                   std::int64_t first)
      : step_(step), weights_(weights), first_(first) {}

  template <class SomeLanes>
  HWY_INLINE void operator()(std::int64_t i, Vector gradient, SomeLanes lanes) const {
    step_(weights_, first_ + i, gradient, lanes);
  }
  // Where a step needs no state, weights in bfloat16 are taken as they lie.
  HWY_INLINE void operator()(std::int64_t i, const EvenAndOdd& gradient) const
      requires(Step::kStates == 0 && std::is_same_v<Values, Bfloat16Values>) {
    const EvenAndOdd values = weights_.values.LoadEvenAndOdd(first_ + i);
    weights_.values.Store(
        {step_.Next(values.even, gradient.even), step_.Next(values.odd, gradient.odd)}, first_ + i);
  }

 private:
  Step step_;
  ParameterGroup<Values, States> weights_;
  std::int64_t first_;
};

}  // namespace

using memory::Category;
using memory::Phase;

TiledSchedule::WorkspaceLayout::WorkspaceLayout(std::int64_t tile, const Parameters& parameters,
                                                Kept kept)
    : size(0) {
  // Each array begins on a cache line.
  const auto reserve = [this](std::int64_t floats) {
    const std::int64_t begin = size;
    size += (floats + kLineFloats - 1) / kLineFloats * kLineFloats;
    return begin;
  };
  const Shape& shape = parameters.shape;
  const bool is_narrow = IsNarrow(parameters.row_length, shape.outputs);
  const std::int64_t product_nodes = is_narrow ? 0 : tile;
  const std::int64_t narrow_nodes = is_narrow ? tile : 0;
  const std::int64_t widened_nodes = parameters.stores_float_weights() ? 0 : tile;
  const std::int64_t activated_nodes = kept == Kept::kMask          ? tile
                                       : kept == Kept::kActivations ? 0
                                                                    : product_nodes;
  activation = reserve(activated_nodes * shape.batch);
  delta = reserve(product_nodes * shape.batch);
  lane_sums = reserve(is_narrow ? shape.batch * kNodeLanes : 0);
  hidden_weight_gradient = reserve(narrow_nodes * parameters.row_length);
  output_weight_gradient =
      reserve((parameters.trains_weights() ? tile : narrow_nodes) * shape.outputs);
  node_gradient = reserve(tile);
  entry_gradient = reserve(tile);
  bias = reserve(tile);
  hidden_weights = reserve(widened_nodes * parameters.row_length);
  output_weights = reserve(widened_nodes * shape.outputs);
}

TiledSchedule::TiledSchedule(const ScheduleDescription& description, Optimizer optimizer,
                             int threads, Parameters& parameters, memory::Ledger& ledger)
    : kept_(!description.stores_activations ? Kept::kNothing
            : parameters.trains_weights() || !HasOneBitGradient(parameters.activation)
                ? Kept::kActivations
                : Kept::kMask),
      is_narrow_(IsNarrow(parameters.row_length, parameters.shape.outputs)),
      optimizer_(optimizer),
      threads_(threads),
      parameters_(parameters),
      ledger_(ledger),
      tiling_(parameters.shape.hidden, parameters.row_length, parameters.shape.batch,
              parameters.strategy.group()),
      layout_(tiling_.tile_nodes(), parameters, kept_),
      hidden_biases_(parameters),
      streams_(description.streams && !hidden_biases_.spans_tiles()),
      layer_outputs_(ledger, parameters, tiling_.chunks()) {}

void TiledSchedule::AllocateForward() {
  if (!workspace_.empty()) return;
  workspace_ = {ledger_, Category::kWorkspace, threads_ * layout_.size};
  const std::int64_t count = parameters_.shape.hidden * parameters_.shape.batch;
  if (kept_ == Kept::kActivations) activations_ = {ledger_, Category::kActivations, count};
  if (kept_ == Kept::kMask) mask_ = {ledger_, Category::kActivations, MaskBytes(count)};
}

void TiledSchedule::AllocateUpdate() {
  if (state_ != nullptr) return;
  state_ = std::make_unique<TrainingState>(ledger_, optimizer_, parameters_);
  if (hidden_biases_.spans_tiles() && parameters_.trains_hidden_bias()) {
    chunk_gradient_ = {ledger_, Category::kBiasReduction, tiling_.chunks()};
  }
}

const float* TiledSchedule::HiddenWeights(NodeRange tile, float* workspace) const {
  if (parameters_.stores_float_weights()) {
    return parameters_.hidden_weights.data() + tile.begin * parameters_.row_length;
  }
  parameters_.ReadHiddenWeights(tile.begin, tile.size, workspace + layout_.hidden_weights);
  return workspace + layout_.hidden_weights;
}

const float* TiledSchedule::OutputWeights(NodeRange tile, float* workspace) const {
  if (parameters_.stores_float_weights()) {
    return parameters_.output_weights.data() + tile.begin * parameters_.shape.outputs;
  }
  parameters_.ReadOutputWeights(tile.begin, tile.size, workspace + layout_.output_weights);
  return workspace + layout_.output_weights;
}

float* TiledSchedule::Activation(NodeRange tile, float* workspace) const {
  // At the same place whatever a batch's size: under streaming two batches' activations coexist,
  // one in the tiles that are done and one in those that are not.
  return kept_ == Kept::kActivations ? activations_.data() + tile.begin * parameters_.shape.batch
                                     : workspace + layout_.activation;
}

std::uint8_t* TiledSchedule::Mask(NodeRange tile) const {
  // Tiles begin at multiples of 64 nodes, so on a whole byte.
  return mask_.data() + tile.begin * parameters_.shape.batch / 8;
}

void TiledSchedule::ComputeActivation(NodeRange nodes, const BatchView& batch, Rows weights,
                                      const float* bias, float* workspace,
                                      float* activation) const {
  const ActivationKind kind = parameters_.activation;
  if (SuitsDotProduct(batch.size, batch.inputs)) {
    if (parameters_.stores_bfloat16_weights()) {
      ForwardTileOfSmallBatch(
          kind, nodes.size,
          &parameters_.hidden_weights_bfloat16[nodes.begin * parameters_.row_length], batch, bias,
          activation);
    } else {
      ForwardTileOfSmallBatch(kind, nodes.size, HiddenWeights(nodes, workspace), batch, bias,
                              activation);
    }
  } else if (weights == Rows::kInMemory && parameters_.stores_float_weights()) {
    ForwardTile<Rows::kInMemory>(kind, nodes.size, HiddenWeights(nodes, workspace), batch, bias,
                                 activation);
  } else {
    ForwardTile<Rows::kInCache>(kind, nodes.size, HiddenWeights(nodes, workspace), batch, bias,
                                activation);
  }
}

NarrowParameters TiledSchedule::Narrow(NodeRange tile, float* workspace) const {
  return {tile.size, HiddenWeights(tile, workspace), OutputWeights(tile, workspace),
          hidden_biases_.Values(tile, workspace + layout_.bias)};
}

void TiledSchedule::BeginShare(std::int64_t chunk, const BatchView& batch, float* workspace) {
  if (is_narrow_) {
    std::fill_n(workspace + layout_.lane_sums, batch.size * kNodeLanes, 0.0F);
  } else {
    std::ranges::fill(layer_outputs_.Share(chunk, batch.size), 0.0F);
  }
}

void TiledSchedule::ActivateTile(NodeRange tile, const BatchView& batch, Rows weights,
                                 float* workspace) const {
  ComputeActivation(tile, batch, weights, hidden_biases_.Values(tile, workspace + layout_.bias),
                    workspace, Activation(tile, workspace));
}

void TiledSchedule::AddToShare(NodeRange tile, std::int64_t chunk, const BatchView& batch,
                               float* workspace) {
  float* activation = Activation(tile, workspace);
  if (is_narrow_) {
    ForwardNarrow(parameters_.activation, Narrow(tile, workspace), batch,
                  kept_ == Kept::kNothing ? nullptr : activation, workspace + layout_.lane_sums);
  } else {
    AccumulateOutputs(tile.size, parameters_.shape.outputs, batch.size,
                      OutputWeights(tile, workspace), activation,
                      layer_outputs_.Share(chunk, batch.size).data());
  }
  if (kept_ == Kept::kMask) PackActivationMask(activation, tile.size * batch.size, Mask(tile));
}

void TiledSchedule::FinishShare(std::int64_t chunk, const BatchView& batch, float* workspace) {
  if (!is_narrow_) return;
  const std::span<float> share = layer_outputs_.Share(chunk, batch.size);
  for (std::int64_t n = 0; n < batch.size; ++n) {
    const float* lanes = workspace + layout_.lane_sums + n * kNodeLanes;
    share[n] = std::accumulate(lanes, lanes + kNodeLanes, 0.0F);
  }
}

void TiledSchedule::Forward(const BatchView& batch, float* outputs) {
  ledger_.EnterPhase(Phase::kForward);
  AllocateForward();
  tiling_.ForEachChunk(threads_, [&](std::int64_t chunk, int thread) {
    float* workspace = ThreadWorkspace(thread);
    BeginShare(chunk, batch, workspace);
    tiling_.ForEachTile(chunk, [&](NodeRange tile) {
      if (!is_narrow_) ActivateTile(tile, batch, Rows::kInMemory, workspace);
      AddToShare(tile, chunk, batch, workspace);
    });
    FinishShare(chunk, batch, workspace);
  });
  layer_outputs_.Reduce(batch.size, outputs);
}

void TiledSchedule::Update(const BatchView& batch, const float* output_gradient,
                           const StepSettings& settings) {
  Pass(batch, output_gradient, settings, nullptr);
}

void TiledSchedule::UpdateAndForward(const BatchView& batch, const float* output_gradient,
                                     const StepSettings& settings, const BatchView& next,
                                     float* next_outputs) {
  if (!streams_) {
    Schedule::UpdateAndForward(batch, output_gradient, settings, next, next_outputs);
    return;
  }
  Pass(batch, output_gradient, settings, &next);
  layer_outputs_.Reduce(next.size, next_outputs);
}

void TiledSchedule::Pass(const BatchView& batch, const float* output_gradient,
                         const StepSettings& settings, const BatchView* next) {
  ledger_.EnterPhase(Phase::kUpdate);
  AllocateUpdate();
  const OutputGradient gradient = layer_outputs_.Hold(output_gradient, batch.size);
  tiling_.ForEachChunk(threads_, [&](std::int64_t chunk, int thread) {
    float* workspace = ThreadWorkspace(thread);
    if (!chunk_gradient_.empty()) chunk_gradient_[chunk] = 0;
    if (next != nullptr) BeginShare(chunk, *next, workspace);
    tiling_.ForEachTile(chunk, [&](NodeRange tile) {
      UpdateTile(tile, batch, gradient, settings, workspace);
      if (updates_hidden_bias(settings)) UpdateHiddenBias(tile, chunk, settings, workspace);
      if (!is_narrow_ && parameters_.trains_weights()) {
        StepHiddenWeights(tile, batch, settings, next, workspace);
      } else if (!is_narrow_ && next != nullptr) {
        ActivateTile(tile, *next, Rows::kInCache, workspace);
      }
      if (next != nullptr) AddToShare(tile, chunk, *next, workspace);
    });
    if (next != nullptr) FinishShare(chunk, *next, workspace);
  });
  if (hidden_biases_.spans_tiles() && updates_hidden_bias(settings)) {
    const float shared_gradient = SumInOrder(chunk_gradient_.span());
    hidden_biases_.Step({0, parameters_.shape.hidden}, &shared_gradient, *state_, settings);
  }
  UpdateOutputBias(parameters_, *state_, gradient, batch.size, settings);
}

void TiledSchedule::UpdateTile(NodeRange tile, const BatchView& batch,
                               const OutputGradient& gradient, const StepSettings& settings,
                               float* workspace) {
  const float* activation = Activation(tile, workspace);
  if (kept_ == Kept::kMask) {
    UnpackActivationMask(Mask(tile), tile.size * batch.size, Activation(tile, workspace));
  }
  if (is_narrow_) {
    BackwardNarrow(parameters_.activation, Narrow(tile, workspace), batch, gradient,
                   kept_ == Kept::kNothing ? nullptr : activation, Gradients(workspace));
    if (parameters_.trains_weights()) StepNarrowWeights(tile, settings, workspace);
    return;
  }
  if (kept_ == Kept::kNothing) ActivateTile(tile, batch, Rows::kInMemory, workspace);
  float* delta = workspace + layout_.delta;
  DeltaTile(parameters_.activation, tile.size, batch.size, OutputWeights(tile, workspace), gradient,
            activation, delta);
  if (parameters_.trains_weights()) {
    StepOutputWeights(tile, batch, gradient, settings, workspace);
  }
  if (updates_hidden_bias(settings)) {
    NodeGradient(tile.size, batch.size, delta, workspace + layout_.node_gradient);
  }
}

template <class Use>
void TiledSchedule::VisitWeightGroups(NodeRange tile, const StepSettings& settings,
                                      const Use& use) const {
  const std::int64_t hidden_begin = tile.begin * parameters_.row_length;
  const std::int64_t output_begin = tile.begin * parameters_.shape.outputs;
  const Moments& hidden_moments = state_->hidden_weights();
  const Moments& output_moments = state_->output_weights();
  // Nothing is rounded where all is single precision.
  const Parameters::RoundingKeys keys =
      parameters_.formats == Formats{} ? Parameters::RoundingKeys{}
                                       : parameters_.KeysOfRounding(tile.begin, settings.number);
  const auto visit = [&](const auto& hidden, const auto& output) {
    VisitStep(optimizer_, settings, settings.weights(), [&]<class Step>(const Step& step) {
      if constexpr (Step::kStates > 0) {
        if (parameters_.formats.states == NumberFormat::kBfloat16) {
          const auto& [hidden_first, hidden_second, output_first, output_second] = keys.moments;
          return use(
              step,
              hidden_moments.Of<Step::kStates>(hidden, hidden_begin, hidden_first, hidden_second),
              output_moments.Of<Step::kStates>(output, output_begin, output_first, output_second));
        }
      }
      use(step, hidden_moments.Of<Step::kStates>(hidden, hidden_begin),
          output_moments.Of<Step::kStates>(output, output_begin));
    });
  };
  if (parameters_.stores_float_weights()) {
    visit(FloatValues{parameters_.hidden_weights.data() + hidden_begin},
          FloatValues{parameters_.output_weights.data() + output_begin});
  } else {
    visit(
        Bfloat16Values{parameters_.hidden_weights_bfloat16.data() + hidden_begin, keys.weights[0]},
        Bfloat16Values{parameters_.output_weights_bfloat16.data() + output_begin, keys.weights[1]});
  }
}

void TiledSchedule::StepOutputWeights(NodeRange tile, const BatchView& batch,
                                      const OutputGradient& gradient, const StepSettings& settings,
                                      float* workspace) {
  float* weight_gradient = workspace + layout_.output_weight_gradient;
  OutputWeightGradient(tile.size, batch.size, gradient, Activation(tile, workspace),
                       weight_gradient);
  VisitWeightGroups(tile, settings,
                    [&](const auto& step, const auto& /*hidden*/, const auto& output) {
                      ApplyStep(step, output, weight_gradient, tile.size * gradient.outputs);
                    });
}

void TiledSchedule::StepHiddenWeights(NodeRange tile, const BatchView& batch,
                                      const StepSettings& settings, const BatchView* next,
                                      float* workspace) {
  const bool goes_by_rows = SuitsDotProduct(batch.size, batch.inputs);
  const std::int64_t part_nodes = goes_by_rows ? kPartNodes : tile.size;
  const float* bias =
      next == nullptr ? nullptr : hidden_biases_.Values(tile, workspace + layout_.bias);
  VisitWeightGroups(
      tile, settings,
      [&]<class Step>(const Step& step, const auto& hidden, const auto& /*output*/) {
        for (std::int64_t begin = 0; begin < tile.size; begin += part_nodes) {
          const NodeRange part{tile.begin + begin, std::min(part_nodes, tile.size - begin)};
          const std::int64_t first = begin * parameters_.row_length;
          HiddenWeightGradient(part.size, batch, workspace + layout_.delta + begin * batch.size,
                               HiddenWeightStep(step, hidden, first), [=](std::int64_t i) {
                                 hidden.template PrefetchAt<Step::kStates>(first + i);
                               });
          if (next != nullptr) {
            ComputeActivation(part, *next, Rows::kInCache, bias == nullptr ? nullptr : bias + begin,
                              workspace, Activation(tile, workspace) + begin * next->size);
          }
        }
      });
}

NarrowGradients TiledSchedule::Gradients(float* workspace) const {
  return {workspace + layout_.hidden_weight_gradient, workspace + layout_.output_weight_gradient,
          workspace + layout_.node_gradient};
}

void TiledSchedule::StepNarrowWeights(NodeRange tile, const StepSettings& settings,
                                      float* workspace) {
  const NarrowGradients gradients = Gradients(workspace);
  VisitWeightGroups(tile, settings, [&](const auto& step, const auto& hidden, const auto& output) {
    ApplyStep(step, hidden, gradients.hidden_weights, tile.size * parameters_.row_length);
    ApplyStep(step, output, gradients.output_weights, tile.size);
  });
}

void TiledSchedule::UpdateHiddenBias(NodeRange tile, std::int64_t chunk,
                                     const StepSettings& settings, float* workspace) {
  float* entry_gradient = workspace + layout_.entry_gradient;
  hidden_biases_.Reduce({workspace + layout_.node_gradient, static_cast<std::size_t>(tile.size)},
                        entry_gradient);
  if (hidden_biases_.spans_tiles()) {
    chunk_gradient_[chunk] += *entry_gradient;
  } else {
    hidden_biases_.Step(tile, entry_gradient, *state_, settings);
  }
}

void TiledSchedule::FreezeBiases() {
  chunk_gradient_ = {};
  if (state_ != nullptr) state_->FreeBiasState();
}

}  // namespace biasbench::kernel
