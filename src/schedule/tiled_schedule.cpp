#include "schedule/tiled_schedule.h"

#include <algorithm>
#include <numeric>
#include <span>
#include <utility>

#include "kernel/activation_mask.h"
#include "kernel/hidden_products.h"
#include "schedule/bus_traffic.h"
#include "schedule/hidden_step.h"
#include "schedule/weight_groups.h"
#include "schedule/weight_rows.h"
#include "schedule/workspace.h"

namespace biasbench::schedule {

namespace {

// A streaming schedule makes one pass, unless one bias for all nodes forces a second.
bool MakesOnePass(const Configuration& configuration) {
  return Describe(configuration.schedule).streams && !configuration.strategy.spans_all_nodes();
}

}  // namespace

using memory::Category;
using memory::Phase;

TiledSchedule::Kept TiledSchedule::KeptBy(const Configuration& configuration) {
  if (!Describe(configuration.schedule).stores_activations) return Kept::kNothing;
  // One bit of each of ReLU's activations is enough where no weight is trained.
  return configuration.trains_weights() || !HasOneBitGradient(configuration.activation)
             ? Kept::kActivations
             : Kept::kMask;
}

TiledSchedule::WorkspaceLayout::WorkspaceLayout(const Configuration& configuration) {
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

TiledSchedule::TiledSchedule(Parameters& parameters, memory::Ledger& ledger)
    : parameters_(parameters),
      configuration_(parameters.configuration),
      kept_(KeptBy(configuration_)),
      is_narrow_(configuration_.is_narrow()),
      ledger_(ledger),
      tiling_(configuration_.tiling()),
      layout_(configuration_),
      hidden_biases_(parameters),
      trains_hidden_bias_(configuration_.trains_hidden_bias()),
      streams_(MakesOnePass(configuration_)),
      layer_outputs_(ledger, parameters) {}

void TiledSchedule::AddBytes(const Configuration& configuration, MemorySum& sum) {
  const Shape& shape = configuration.shape;
  sum.Enter(Phase::kForward);
  sum.Add(Category::kWorkspace,
          {kFloatBytes, configuration.threads, WorkspaceLayout(configuration).size});
  PreparedBatch::AddBytes(configuration, sum);
  if (MakesOnePass(configuration)) PreparedBatch::AddBytes(configuration, sum);
  switch (KeptBy(configuration)) {
    case Kept::kActivations:
      sum.Add(Category::kActivations, {kFloatBytes, shape.hidden, shape.batch});
      break;
    case Kept::kMask:
      sum.Add(Category::kActivations,
              {kernel::MaskBytes(MemorySum::Multiply({shape.hidden, shape.batch}))});
      break;
    case Kept::kNothing:
      break;
  }
  sum.Enter(Phase::kUpdate);
  TrainingState::AddBytes(configuration, sum);
  if (configuration.sums_bias_gradient()) {
    ChunkSums::AddBytes(Category::kBiasReduction, configuration.tiling(), configuration.threads, 1,
                        sum);
  }
}

void TiledSchedule::AllocateForward() {
  if (!workspace_.empty()) return;
  workspace_ = {ledger_, Category::kWorkspace, configuration_.threads * layout_.size};
  batch_ = {ledger_, configuration_};
  if (streams_) next_batch_ = {ledger_, configuration_};
  const std::int64_t count = configuration_.shape.hidden * configuration_.shape.batch;
  if (kept_ == Kept::kActivations) activations_ = {ledger_, Category::kActivations, count};
  if (kept_ == Kept::kMask) mask_ = {ledger_, Category::kActivations, kernel::MaskBytes(count)};
}

void TiledSchedule::AllocateUpdate() {
  if (state_ != nullptr) return;
  state_ = std::make_unique<TrainingState>(ledger_, configuration_);
  if (configuration_.sums_bias_gradient()) {
    spanning_gradient_ = {ledger_, Category::kBiasReduction, tiling_, configuration_.threads, 1};
  }
}

template <class Body>
void TiledSchedule::ForEachPart(const Body& body) const {
  tiling_.ForEachChunk(configuration_.threads, [&](std::int64_t chunk, int thread) {
    body(Part{chunk, thread, workspace_.data() + thread * layout_.size});
  });
}

const float* TiledSchedule::HiddenWeights(NodeRange tile, float* workspace) const {
  if (configuration_.stores_float_weights()) {
    return parameters_.hidden_weights.floats(tile.begin * configuration_.row_length());
  }
  parameters_.ReadHiddenWeights(tile.begin, tile.size, workspace + layout_.hidden_weights);
  return workspace + layout_.hidden_weights;
}

const float* TiledSchedule::OutputWeights(NodeRange tile, float* workspace) const {
  if (configuration_.stores_float_weights()) {
    return parameters_.output_weights.floats(tile.begin * configuration_.shape.outputs);
  }
  parameters_.ReadOutputWeights(tile.begin, tile.size, workspace + layout_.output_weights);
  return workspace + layout_.output_weights;
}

float* TiledSchedule::Activation(NodeRange tile, float* workspace) const {
  // The place is the same for any batch size: under streaming two batches' activations coexist, one
  // in finished tiles and one in the others.
  return kept_ == Kept::kActivations ? activations_.data() + tile.begin * configuration_.shape.batch
                                     : workspace + layout_.activation;
}

std::uint8_t* TiledSchedule::Mask(NodeRange tile) const {
  // Tiles begin at multiples of 64 nodes, so on a whole byte.
  return mask_.data() + tile.begin * configuration_.shape.batch / 8;
}

void TiledSchedule::ComputeActivation(NodeRange nodes, const kernel::BatchView& batch,
                                      kernel::Residence residence, const float* bias,
                                      float* workspace, float* activation) const {
  VisitHiddenWeights(
      parameters_, nodes, workspace + layout_.hidden_weights, [&](const auto& values) {
        kernel::ForwardHidden(configuration_.activation, nodes.size, UnsteppedRows(values),
                              residence, batch, bias, activation);
      });
}

kernel::NarrowParameters TiledSchedule::Narrow(NodeRange tile, float* workspace) const {
  return {tile.size, HiddenWeights(tile, workspace), OutputWeights(tile, workspace),
          hidden_biases_.Values(tile, workspace + layout_.bias)};
}

void TiledSchedule::BeginShare(Part part, const kernel::BatchView& batch) {
  if (is_narrow_) {
    std::fill_n(part.workspace + layout_.lane_sums, batch.size * kernel::kNodeLanes, 0.0F);
  } else {
    std::fill_n(layer_outputs_.Share(part.chunk, part.thread, batch.size),
                layer_outputs_.ShareSize(batch.size), 0.0F);
  }
}

void TiledSchedule::ActivateTile(NodeRange tile, const kernel::BatchView& batch,
                                 kernel::Residence residence, float* workspace) const {
  ComputeActivation(tile, batch, residence, hidden_biases_.Values(tile, workspace + layout_.bias),
                    workspace, Activation(tile, workspace));
}

void TiledSchedule::AddToShare(NodeRange tile, Part part, const kernel::BatchView& batch) {
  float* workspace = part.workspace;
  float* activation = Activation(tile, workspace);
  if (is_narrow_) {
    kernel::ForwardNarrow(configuration_.activation, Narrow(tile, workspace), batch,
                          kept_ == Kept::kNothing ? nullptr : activation,
                          workspace + layout_.lane_sums);
  } else {
    kernel::AccumulateOutputs(tile.size, configuration_.shape.outputs, batch.size,
                              OutputWeights(tile, workspace), activation,
                              layer_outputs_.Share(part.chunk, part.thread, batch.size));
  }
  if (kept_ == Kept::kMask) {
    kernel::PackActivationMask(activation, tile.size * batch.size, Mask(tile));
  }
}

void TiledSchedule::FinishShare(Part part, const kernel::BatchView& batch) {
  if (is_narrow_) {
    float* share = layer_outputs_.Share(part.chunk, part.thread, batch.size);
    for (std::int64_t n = 0; n < batch.size; ++n) {
      const float* lanes = part.workspace + layout_.lane_sums + n * kernel::kNodeLanes;
      share[n] = std::accumulate(lanes, lanes + kernel::kNodeLanes, 0.0F);
    }
  }
  layer_outputs_.CloseShare(part.chunk, part.thread, batch.size);
}

void TiledSchedule::Forward(const kernel::BatchView& rows, float* outputs) {
  ledger_.EnterPhase(Phase::kForward);
  AllocateForward();
  batch_.Prepare(rows);
  const kernel::BatchView& batch = batch_.view();
  ForEachPart([&](Part part) {
    BeginShare(part, batch);
    tiling_.ForEachTile(part.chunk, [&](NodeRange tile) {
      if (!is_narrow_) ActivateTile(tile, batch, kernel::Residence::kInMemory, part.workspace);
      AddToShare(tile, part, batch);
    });
    FinishShare(part, batch);
  });
  layer_outputs_.Reduce(batch.size, outputs);
}

void TiledSchedule::Update(const kernel::BatchView& /*batch*/, const float* output_gradient,
                           const StepSettings& settings) {
  Pass(batch_.view(), output_gradient, settings, nullptr);
}

void TiledSchedule::UpdateAndForward(const kernel::BatchView& batch, const float* output_gradient,
                                     const StepSettings& settings, const kernel::BatchView& next,
                                     float* next_outputs) {
  if (!streams_) {
    Schedule::UpdateAndForward(batch, output_gradient, settings, next, next_outputs);
    return;
  }
  next_batch_.Prepare(next);
  Pass(batch_.view(), output_gradient, settings, &next_batch_.view());
  layer_outputs_.Reduce(next.size, next_outputs);
  std::swap(batch_, next_batch_);
}

void TiledSchedule::Pass(const kernel::BatchView& batch, const float* output_gradient,
                         const StepSettings& settings, const kernel::BatchView* next) {
  ledger_.EnterPhase(Phase::kUpdate);
  AllocateUpdate();
  const kernel::OutputGradient gradient = layer_outputs_.Hold(output_gradient, batch.size);
  unwritten_rows_ = 0;
  const bool sums_bias_gradient = hidden_biases_.spans_tiles() && updates_hidden_bias(settings);
  ForEachPart([&](Part part) {
    if (sums_bias_gradient) *spanning_gradient_.Share(part.chunk, part.thread, 1) = 0;
    if (next != nullptr) BeginShare(part, *next);
    tiling_.ForEachTile(part.chunk, [&](NodeRange tile) {
      UpdateTile(tile, batch, gradient, settings, part.workspace);
      if (updates_hidden_bias(settings)) UpdateHiddenBias(tile, part, settings);
      if (!is_narrow_ && configuration_.trains_weights()) {
        StepHiddenWeights(tile, batch, settings, next, part.workspace);
      } else if (!is_narrow_ && next != nullptr) {
        ActivateTile(tile, *next, kernel::Residence::kInCache, part.workspace);
      }
      if (next != nullptr) AddToShare(tile, part, *next);
    });
    if (next != nullptr) FinishShare(part, *next);
    if (sums_bias_gradient) spanning_gradient_.Close(part.chunk, part.thread, 1);
  });
  if (sums_bias_gradient) {
    const float gradient_of_all = spanning_gradient_.OnlyTotal();
    hidden_biases_.Step({0, configuration_.shape.hidden}, &gradient_of_all, *state_, settings);
  }
  UpdateOutputBias(parameters_, *state_, gradient, batch.size, settings);
}

void TiledSchedule::UpdateTile(NodeRange tile, const kernel::BatchView& batch,
                               const kernel::OutputGradient& gradient, const StepSettings& settings,
                               float* workspace) {
  const float* activation = Activation(tile, workspace);
  if (kept_ == Kept::kMask) {
    kernel::UnpackActivationMask(Mask(tile), tile.size * batch.size, Activation(tile, workspace));
  }
  if (is_narrow_) {
    kernel::BackwardNarrow(configuration_.activation, Narrow(tile, workspace), batch, gradient,
                           kept_ == Kept::kNothing ? nullptr : activation, Gradients(workspace));
    if (configuration_.trains_weights()) StepNarrowWeights(tile, settings, workspace);
    return;
  }
  if (kept_ == Kept::kNothing) ActivateTile(tile, batch, kernel::Residence::kInMemory, workspace);
  float* delta = workspace + layout_.delta;
  kernel::DeltaTile(configuration_.activation, tile.size, batch.size,
                    OutputWeights(tile, workspace), gradient, activation, delta);
  if (configuration_.trains_weights()) {
    StepOutputWeights(tile, batch, gradient, settings, workspace);
  }
  if (updates_hidden_bias(settings)) {
    kernel::NodeGradient(tile.size, batch.size, delta, workspace + layout_.node_gradient);
  }
}

void TiledSchedule::StepOutputWeights(NodeRange tile, const kernel::BatchView& batch,
                                      const kernel::OutputGradient& gradient,
                                      const StepSettings& settings, float* workspace) {
  float* weight_gradient = workspace + layout_.output_weight_gradient;
  kernel::OutputWeightGradient(tile.size, batch.size, gradient, Activation(tile, workspace),
                               weight_gradient);
  VisitWeightGroups(parameters_, *state_, tile, settings,
                    [&](const auto& step, const auto& /*hidden*/, const auto& output) {
                      ApplyStep(step, output, weight_gradient, tile.size * gradient.outputs);
                    });
}

void TiledSchedule::StepHiddenWeights(NodeRange tile, const kernel::BatchView& batch,
                                      const StepSettings& settings, const kernel::BatchView* next,
                                      float* workspace) {
  const HiddenStep step{parameters_,
                        *state_,
                        settings,
                        tile,
                        batch,
                        {workspace + layout_.delta,
                         reinterpret_cast<std::uint16_t*>(workspace + layout_.delta_pairs)}};
  if (next != nullptr) {
    const auto unwritten =
        StepAndForwardInOneWalk(step, *next, hidden_biases_.Values(tile, workspace + layout_.bias),
                                Activation(tile, workspace));
    if (unwritten.has_value()) {
      unwritten_rows_ += *unwritten;
      return;
    }
  }
  unwritten_rows_ += schedule::StepHiddenWeights(step);
  if (next != nullptr) ActivateTile(tile, *next, kernel::Residence::kInCache, workspace);
}

kernel::NarrowGradients TiledSchedule::Gradients(float* workspace) const {
  return {workspace + layout_.hidden_weight_gradient, workspace + layout_.output_weight_gradient,
          workspace + layout_.node_gradient};
}

void TiledSchedule::StepNarrowWeights(NodeRange tile, const StepSettings& settings,
                                      float* workspace) {
  const kernel::NarrowGradients gradients = Gradients(workspace);
  VisitWeightGroups(parameters_, *state_, tile, settings,
                    [&](const auto& step, const auto& hidden, const auto& output) {
                      ApplyStep(step, hidden, gradients.hidden_weights,
                                tile.size * configuration_.row_length());
                      ApplyStep(step, output, gradients.output_weights, tile.size);
                    });
}

void TiledSchedule::UpdateHiddenBias(NodeRange tile, Part part, const StepSettings& settings) {
  float* entry_gradient = part.workspace + layout_.entry_gradient;
  hidden_biases_.Reduce(
      {part.workspace + layout_.node_gradient, static_cast<std::size_t>(tile.size)},
      entry_gradient);
  if (hidden_biases_.spans_tiles()) {
    *spanning_gradient_.Share(part.chunk, part.thread, 1) += *entry_gradient;
  } else {
    hidden_biases_.Step(tile, entry_gradient, *state_, settings);
  }
}

void TiledSchedule::FreezeBiases() {
  spanning_gradient_ = {};
  if (state_ != nullptr) state_->FreeBiasState();
}

namespace {

bool TakesAll(const Formats& /*formats*/, Optimizer /*optimizer*/) { return true; }

std::unique_ptr<Schedule> Make(Parameters& parameters, memory::Ledger& ledger) {
  return std::make_unique<TiledSchedule>(parameters, ledger);
}

// The number of times an array of parameters crosses the bus in a step:
//
//   two passes forward 1R; backward, trained: 1R + 1W; else 1R where δ or recomputing needs it
//   one pass   1R; trained: 1W
//
// Activations, where they are stored, are written once and read once.
double BusBytes(const Configuration& configuration, const memory::CategoryBytes& stored) {
  const bool stores_activations = Describe(configuration.schedule).stores_activations;
  const auto crossings = [&](const ArrayUse& use) {
    if (MakesOnePass(configuration)) return use.is_trained ? 2 : 1;
    if (use.is_trained) return 3;
    return use.delta_needs_it || !stores_activations ? 2 : 1;
  };
  return ParameterTraffic(configuration, stored, crossings) + StateTraffic(stored) +
         BatchArrayTraffic(configuration, stores_activations ? 2 : 0);
}

constexpr ScheduleDescription Row(std::string_view name, std::string_view summary,
                                  bool stores_activations, bool streams) {
  return {.name = name,
          .summary = summary,
          .stores_activations = stores_activations,
          .streams = streams,
          .takes = TakesAll,
          .make = Make,
          .add_bytes = TiledSchedule::AddBytes,
          .bus_bytes = BusBytes};
}

}  // namespace

constinit const ScheduleDescription kInPlaceSchedule = Row(
    "in_place", "stores activations; applies each gradient at once, from registers", true, false);
constinit const ScheduleDescription kRecomputeSchedule =
    Row("recompute", "stores nothing but the parameters; recomputes each tile's activations", false,
        false);
constinit const ScheduleDescription kStreamingSchedule = Row(
    "streaming", "in_place in one pass a step: update, then the next batch's outputs", true, true);
constinit const ScheduleDescription kStreamingRecomputeSchedule =
    Row("streaming_recompute", "recompute in one pass a step", false, true);

}  // namespace biasbench::schedule
