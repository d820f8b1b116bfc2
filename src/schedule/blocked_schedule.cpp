#include "schedule/blocked_schedule.h"

#include <algorithm>
#include <utility>

#include "kernel/block_columns.h"
#include "kernel/hidden_products.h"
#include "kernel/transpose.h"
#include "schedule/hidden_step.h"
#include "schedule/weight_groups.h"

namespace biasbench::schedule {

using memory::Category;
using memory::Phase;

namespace {

// The settings of the update that ends a block, with the factor `kept` on the weights and the
// gradient unscaled: W ← (1 − decay) W − gradient.
StepSettings SettingsOfClosing(const StepSettings& last, double kept) {
  StepSettings settings(last.number, 1);
  settings.weight_decay = static_cast<float>(1 - kept);
  return settings;
}

}  // namespace

BlockedSchedule::BlockedSchedule(Parameters& parameters, memory::Ledger& ledger)
    : parameters_(parameters),
      configuration_(parameters.configuration),
      ledger_(ledger),
      tiling_(configuration_.tiling()),
      samples_(configuration_.pass_samples()),
      layout_(configuration_),
      parts_(configuration_, layout_.size),
      hidden_biases_(parameters),
      hidden_bias_step_(configuration_, hidden_biases_),
      layer_outputs_(ledger, parameters, configuration_),
      coefficients_(configuration_) {}

void BlockedSchedule::AllocateForward() {
  if (parts_.is_allocated()) return;
  parts_.Allocate(ledger_);
  block_ = {ledger_, configuration_};
  next_block_ = {ledger_, configuration_};
  columns_ = {ledger_, Category::kActivations, configuration_.own_hidden() * samples_};
  coefficients_.Allocate(ledger_);
}

void BlockedSchedule::AllocateUpdate() {
  if (state_ != nullptr) return;
  state_ = std::make_unique<TrainingState>(ledger_, configuration_);
  coefficients_.ReserveSteps();
  hidden_bias_step_.Allocate(ledger_);
}

void BlockedSchedule::FreezeBiases() {
  hidden_bias_step_.Free();
  if (state_ != nullptr) state_->FreeBiasState();
}

// ---- Forward

void BlockedSchedule::MultiplyTile(NodeRange tile, const kernel::BatchView& block,
                                   kernel::Residence residence, float* workspace) const {
  float* product = workspace + layout_.product;
  VisitHiddenWeights(
      parameters_, tile, workspace + layout_.hidden_weights, [&](const auto& values) {
        kernel::MultiplyHidden(kernel::kNoLowerBound, tile.size, kernel::UnsteppedRows(values),
                               residence, block, nullptr, product);
      });
  kernel::Transpose(tile.size, block.size, product, Columns(tile, 0));
}

void BlockedSchedule::AddOutputs(NodeRange tile, std::int64_t count, const float* z,
                                 bool are_transposed, float* workspace) const {
  WithOutputColumns(
      parameters_, tile, are_transposed, ColumnsScratch(workspace), [&](const auto& weights) {
        kernel::VisitActivation(configuration_.activation, [&]<class Phi>() {
          kernel::AddColumnOutputs<Phi>(tile.size, configuration_.shape.outputs, count, weights, z,
                                        workspace + layout_.lane_sums);
        });
      });
}

void BlockedSchedule::ForwardTile(NodeRange tile, SampleRange batch, float* workspace) const {
  const std::int64_t first = coefficients_.SubBlockBegin(batch.begin);
  const bool trains = configuration_.trains_weights();
  if (first == batch.begin && first > 0 && trains) {
    float* columns = Columns(tile, first);
    const Vector kept = hn::Set(kFloat, coefficients_.kept_at_sub_block());
    kernel::Product(std::min(coefficients_.sub_block(), block_.view().size - first), tile.size,
                    first, kernel::Left(coefficients_.Row(first), samples_, 1),
                    {Columns(tile, 0), tile.size}, kernel::FromZero{},
                    [columns, kept](std::int64_t i, Vector sum, auto lanes) {
                      lanes.Store(hn::MulAdd(kept, lanes.Load(columns + i), sum), columns + i);
                    });
  }
  kernel::EarlierColumns earlier{};
  if (trains) {
    earlier = {batch.begin - first, Columns(tile, first), coefficients_.Row(batch.begin) + first,
               samples_};
  }
  float* z = Columns(tile, batch.begin);
  kernel::CorrectColumns(tile.size, batch.size, coefficients_.kept_in_sub_block(),
                         hidden_biases_.Values(tile, workspace + layout_.bias), earlier, z, z);
  AddOutputs(tile, batch.size, z, true, workspace);
}

void BlockedSchedule::BeginShare(std::int64_t count, float* workspace) const {
  std::fill_n(workspace + layout_.lane_sums,
              count * configuration_.shape.outputs * kernel::kNodeLanes, 0.0F);
}

void BlockedSchedule::FinishShare(Part part, std::int64_t count) {
  layer_outputs_.CloseLanes(part.chunk, part.thread, count, part.workspace + layout_.lane_sums);
}

void BlockedSchedule::Forward(const kernel::BatchView& rows, float* outputs) {
  ledger_.EnterPhase(Phase::kForward);
  AllocateForward();
  block_.Prepare(rows);
  const kernel::BatchView& block = block_.view();
  coefficients_.Open();
  begin_ = 0;
  const std::int64_t first_batch = std::min(configuration_.shape.batch, block.size);
  parts_.ForEach([&](Part part) {
    BeginShare(block.size, part.workspace);
    tiling_.ForEachTile(part.chunk, [&](NodeRange tile) {
      MultiplyTile(tile, block, kernel::Residence::kInMemory, part.workspace);
      float* z = part.workspace + layout_.product;
      kernel::CorrectColumns(tile.size, block.size, 1,
                             hidden_biases_.Values(tile, part.workspace + layout_.bias), {},
                             Columns(tile, 0), z);
      AddOutputs(tile, block.size, z, false, part.workspace);
      std::copy_n(z, first_batch * tile.size, Columns(tile, 0));
    });
    FinishShare(part, block.size);
  });
  layer_outputs_.Reduce(block.size, outputs);
}

// ---- Steps

void BlockedSchedule::Update(const kernel::BatchView& batch, const float* output_gradient,
                             const StepSettings& settings) {
  RunStep({.batch = {begin_, batch.size},
           .gradient = layer_outputs_.Hold(output_gradient, batch.size),
           .settings = settings,
           .closes = true},
          nullptr);
}

void BlockedSchedule::UpdateAndForward(const kernel::BatchView& batch, const float* output_gradient,
                                       const StepSettings& settings, const kernel::BatchView& next,
                                       float* next_outputs) {
  Step step{.batch = {begin_, batch.size},
            .gradient = layer_outputs_.Hold(output_gradient, batch.size),
            .settings = settings,
            .closes = begin_ + batch.size == block_.view().size};
  if (step.closes) {
    next_block_.Prepare(next);
    step.next_block = &next_block_.view();
    step.next = {0, std::min(configuration_.shape.batch, next.size)};
  } else {
    step.next = {begin_ + batch.size, next.size};
  }
  RunStep(step, next_outputs);
}

void BlockedSchedule::RunStep(const Step& step, float* outputs) {
  ledger_.EnterPhase(Phase::kUpdate);
  AllocateUpdate();
  coefficients_.CountStep(step.batch, step.settings);
  const double kept = coefficients_.kept();
  unwritten_rows_ = 0;
  if (step.closes) {
    coefficients_.PrepareClosing(block_.view().size);
    if (step.next_block != nullptr) coefficients_.Open();
  } else {
    coefficients_.Prepare(step.next, block_.view());
  }
  const bool wants_outputs = step.next.size > 0;
  const bool forwards_in_pass = wants_outputs && !hidden_bias_step_.UpdatesAfterPass(step.settings);
  parts_.ForEach([&](Part part) {
    hidden_bias_step_.BeginShare(part, step.settings);
    BeginShare(step.next.size, part.workspace);
    tiling_.ForEachTile(part.chunk, [&](NodeRange tile) {
      StepTile(tile, step, part.workspace);
      hidden_bias_step_.StepTile(tile, part, part.workspace + layout_.node_gradient,
                                 part.workspace + layout_.entry_gradient, *state_, step.settings);
      if (step.closes) CloseTile(tile, step, kept, part.workspace);
      if (forwards_in_pass) ForwardTile(tile, step.next, part.workspace);
    });
    if (forwards_in_pass) FinishShare(part, step.next.size);
    hidden_bias_step_.CloseShare(part, step.settings);
  });
  hidden_bias_step_.Finish(*state_, step.settings);
  UpdateOutputBias(parameters_, *state_, step.gradient, step.batch.size, step.settings);
  has_transposed_weights_ = wants_outputs;
  if (step.next_block != nullptr) std::swap(block_, next_block_);
  begin_ = step.next.begin;
  if (!wants_outputs) return;
  if (!forwards_in_pass) ForwardAgain(step.next);
  layer_outputs_.Reduce(step.next.size, outputs);
}

void BlockedSchedule::ForwardAgain(SampleRange batch) {
  parts_.ForEach([&](Part part) {
    BeginShare(batch.size, part.workspace);
    tiling_.ForEachTile(part.chunk,
                        [&](NodeRange tile) { ForwardTile(tile, batch, part.workspace); });
    FinishShare(part, batch.size);
  });
}

void BlockedSchedule::StepTile(NodeRange tile, const Step& step, float* workspace) const {
  if (configuration_.stores_weights() && !has_transposed_weights_) {
    TransposeOutputWeights(parameters_, tile, true, workspace + layout_.transposed_weights);
  }
  float* activation = workspace + layout_.activation;
  WithOutputColumns(parameters_, tile, true, ColumnsScratch(workspace), [&](const auto& weights) {
    kernel::VisitActivation(configuration_.activation, [&]<class Phi>() {
      kernel::DeltaColumns<Phi>(tile.size, step.batch.size, step.gradient, weights,
                                Columns(tile, step.batch.begin), activation,
                                workspace + layout_.node_gradient);
    });
  });
  if (!configuration_.trains_weights()) return;
  const std::uint32_t key =
      configuration_.stores_float_weights()
          ? 0  // nothing is rounded
          : parameters_.KeysOfRounding(tile.begin, step.settings.number).weights[1];
  kernel::VisitFormat(configuration_.formats.weights, [&]<class Format>() {
    const auto values =
        Format::At(parameters_.output_weights.As<Format>(tile.begin * step.gradient.outputs), key);
    const auto group = state_->output_weights().Of<0>(values);
    Sgd::WithStep(step.settings, step.settings.weights(), [&](const auto& optimizer_step) {
      kernel::StepOutputColumns(tile.size, step.batch.size, step.gradient, activation,
                                [&](std::int64_t i, Vector gradient, auto lanes) {
                                  optimizer_step(group, i, gradient, lanes);
                                });
    });
  });
}

// ---- The block's end

void BlockedSchedule::CloseTile(NodeRange tile, const Step& step, double kept, float* workspace) {
  if (configuration_.trains_weights()) StepHiddenWeights(tile, step, kept, workspace);
  if (step.next_block != nullptr) {
    MultiplyTile(tile, *step.next_block,
                 configuration_.trains_weights() ? kernel::Residence::kInCache
                                                 : kernel::Residence::kInMemory,
                 workspace);
  } else if (configuration_.stores_weights()) {
    TransposeOutputWeights(parameters_, tile, false, workspace + layout_.transposed_weights);
  }
}

void BlockedSchedule::StepHiddenWeights(NodeRange tile, const Step& step, double kept,
                                        float* workspace) {
  const kernel::BatchView& block = block_.view();
  const kernel::HiddenDelta delta{
      workspace + layout_.product,
      reinterpret_cast<std::uint16_t*>(workspace + layout_.delta_pairs)};
  kernel::Transpose(block.size, tile.size, Columns(tile, 0), delta.values,
                    coefficients_.closing_factors());
  const StepSettings settings = SettingsOfClosing(step.settings, kept);
  unwritten_rows_ +=
      schedule::StepHiddenWeights({parameters_, *state_, settings, tile, block, delta});
}

}  // namespace biasbench::schedule
