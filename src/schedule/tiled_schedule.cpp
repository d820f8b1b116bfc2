#include "schedule/tiled_schedule.h"

#include <algorithm>
#include <utility>

#include "kernel/activation_mask.h"
#include "kernel/hidden_products.h"
#include "schedule/hidden_step.h"
#include "schedule/weight_groups.h"

namespace biasbench::schedule {

using memory::Category;
using memory::Phase;

TiledSchedule::TiledSchedule(Parameters& parameters, const Configuration& configuration,
                             memory::Ledger& ledger)
    : parameters_(parameters),
      configuration_(configuration),
      kept_(KeptBy(configuration_)),
      is_narrow_(configuration_.is_narrow()),
      ledger_(ledger),
      tiling_(configuration_.tiling()),
      layout_(configuration_),
      parts_(configuration_, layout_.size),
      hidden_biases_(parameters),
      hidden_bias_step_(configuration_, hidden_biases_),
      streams_(MakesOnePass(configuration_)),
      layer_outputs_(ledger, parameters, configuration) {}

void TiledSchedule::AllocateForward() {
  if (parts_.is_allocated()) return;
  parts_.Allocate(ledger_);
  batch_ = {ledger_, configuration_};
  if (streams_) next_batch_ = {ledger_, configuration_};
  const std::int64_t count = configuration_.own_hidden() * configuration_.shape.batch;
  if (kept_ == Kept::kActivations) activations_ = {ledger_, Category::kActivations, count};
  if (kept_ == Kept::kMask) mask_ = {ledger_, Category::kActivations, kernel::MaskBytes(count)};
}

void TiledSchedule::AllocateUpdate() {
  if (state_ != nullptr) return;
  state_ = std::make_unique<TrainingState>(ledger_, configuration_);
  hidden_bias_step_.Allocate(ledger_);
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
        kernel::ForwardHidden(configuration_.activation, nodes.size, kernel::UnsteppedRows(values),
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
    layer_outputs_.CloseLanes(part.chunk, part.thread, batch.size,
                              part.workspace + layout_.lane_sums);
  } else {
    layer_outputs_.CloseShare(part.chunk, part.thread, batch.size);
  }
}

void TiledSchedule::Forward(const kernel::BatchView& rows, float* outputs) {
  ledger_.EnterPhase(Phase::kForward);
  AllocateForward();
  batch_.Prepare(rows);
  const kernel::BatchView& batch = batch_.view();
  parts_.ForEach([&](Part part) {
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
  parts_.ForEach([&](Part part) {
    hidden_bias_step_.BeginShare(part, settings);
    if (next != nullptr) BeginShare(part, *next);
    tiling_.ForEachTile(part.chunk, [&](NodeRange tile) {
      UpdateTile(tile, batch, gradient, settings, part.workspace);
      hidden_bias_step_.StepTile(tile, part, part.workspace + layout_.node_gradient,
                                 part.workspace + layout_.entry_gradient, *state_, settings);
      if (!is_narrow_ && configuration_.trains_weights()) {
        StepHiddenWeights(tile, batch, settings, next, part.workspace);
      } else if (!is_narrow_ && next != nullptr) {
        ActivateTile(tile, *next, kernel::Residence::kInCache, part.workspace);
      }
      if (next != nullptr) AddToShare(tile, part, *next);
    });
    if (next != nullptr) FinishShare(part, *next);
    hidden_bias_step_.CloseShare(part, settings);
  });
  hidden_bias_step_.Finish(*state_, settings);
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
  if (hidden_bias_step_.Updates(settings)) {
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

void TiledSchedule::FreezeBiases() {
  hidden_bias_step_.Free();
  if (state_ != nullptr) state_->FreeBiasState();
}

}  // namespace biasbench::schedule
