#include "schedule/blocked_schedule.h"

#include <algorithm>
#include <numeric>
#include <span>
#include <utility>

#include "kernel/block_columns.h"
#include "kernel/hidden_products.h"
#include "kernel/transpose.h"
#include "schedule/bus_traffic.h"
#include "schedule/hidden_step.h"
#include "schedule/tiled_schedule.h"
#include "schedule/weight_groups.h"
#include "schedule/weight_rows.h"
#include "schedule/workspace.h"

namespace biasbench::schedule {

using memory::Category;
using memory::Phase;

namespace {

// The samples of a sub-block, in whole batches: about eight. A larger number lengthens the
// step-by-step sums, a smaller one reads all earlier columns more often.
std::int64_t SubBlockSamples(std::int64_t batch) { return std::max(batch, 8 / batch * batch); }

// The settings of the update that ends a block, with the factor `kept` on the weights and the
// gradient unscaled: W ← (1 − decay) W − gradient.
StepSettings SettingsOfClosing(const StepSettings& last, double kept) {
  StepSettings settings(last.number, 1);
  settings.weight_decay = static_cast<float>(1 - kept);
  return settings;
}

}  // namespace

BlockedSchedule::WorkspaceLayout::WorkspaceLayout(const Configuration& configuration) {
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

BlockedSchedule::BlockedSchedule(Parameters& parameters, memory::Ledger& ledger)
    : parameters_(parameters),
      configuration_(parameters.configuration),
      ledger_(ledger),
      tiling_(configuration_.tiling()),
      samples_(configuration_.pass_samples()),
      sub_block_(SubBlockSamples(configuration_.shape.batch)),
      layout_(configuration_),
      hidden_biases_(parameters),
      trains_hidden_bias_(configuration_.trains_hidden_bias()),
      layer_outputs_(ledger, parameters) {}

void BlockedSchedule::AddBytes(const Configuration& configuration, MemorySum& sum) {
  const std::int64_t samples = configuration.pass_samples();
  sum.Enter(Phase::kForward);
  sum.Add(Category::kWorkspace,
          {kFloatBytes, configuration.threads, WorkspaceLayout(configuration).size});
  PreparedBatch::AddBytes(configuration, sum);
  PreparedBatch::AddBytes(configuration, sum);
  sum.Add(Category::kActivations, {kFloatBytes, configuration.shape.hidden, samples});
  if (configuration.trains_weights()) {
    sum.Add(Category::kWorkspace, {kFloatBytes, samples, samples});
    sum.Add(Category::kWorkspace, {kFloatBytes, samples, samples});
  }
  sum.Enter(Phase::kUpdate);
  TrainingState::AddBytes(configuration, sum);
  if (configuration.sums_bias_gradient()) {
    ChunkSums::AddBytes(Category::kBiasReduction, configuration.tiling(), configuration.threads, 1,
                        sum);
  }
}

void BlockedSchedule::AllocateForward() {
  if (!workspace_.empty()) return;
  workspace_ = {ledger_, Category::kWorkspace, configuration_.threads * layout_.size};
  block_ = {ledger_, configuration_};
  next_block_ = {ledger_, configuration_};
  columns_ = {ledger_, Category::kActivations, configuration_.shape.hidden * samples_};
  if (!configuration_.trains_weights()) return;
  products_ = {ledger_, Category::kWorkspace, samples_ * samples_};
  coefficients_ = {ledger_, Category::kWorkspace, samples_ * samples_};
}

void BlockedSchedule::AllocateUpdate() {
  if (state_ != nullptr) return;
  state_ = std::make_unique<TrainingState>(ledger_, configuration_);
  rates_.reserve(static_cast<std::size_t>(samples_));
  closing_factors_.reserve(static_cast<std::size_t>(samples_));
  if (configuration_.sums_bias_gradient()) {
    spanning_gradient_ = {ledger_, Category::kBiasReduction, tiling_, configuration_.threads, 1};
  }
}

void BlockedSchedule::FreezeBiases() {
  spanning_gradient_ = {};
  if (state_ != nullptr) state_->FreeBiasState();
}

template <class Body>
void BlockedSchedule::ForEachPart(const Body& body) const {
  tiling_.ForEachChunk(configuration_.threads, [&](std::int64_t chunk, int thread) {
    body(Part{chunk, thread, workspace_.data() + thread * layout_.size});
  });
}

// ---- The block

void BlockedSchedule::Open() {
  begin_ = 0;
  kept_ = 1;
  kept_at_sub_block_ = 1;
  kept_in_sub_block_ = 1;
  rates_.clear();
  knows_products_ = false;
}

void BlockedSchedule::MultiplyInputs() {
  const kernel::BatchView& block = block_.view();
  // The same product as with weights, with the inputs in the weights' place.
  const auto multiply = [&](const auto& rows) {
    kernel::MultiplyHidden(kernel::kNoLowerBound, block.size, UnsteppedRows(rows),
                           kernel::Residence::kInCache, block, nullptr, products_.data());
  };
  if (block.halves != nullptr) {
    multiply(kernel::Bfloat16::At(const_cast<std::uint16_t*>(block.halves), 0));
  } else {
    multiply(kernel::FloatValues{const_cast<float*>(block.rows)});
  }
  knows_products_ = true;
}

void BlockedSchedule::Count(Batch batch, const StepSettings& settings) {
  if (!configuration_.trains_weights()) return;
  const double rate = settings.learning_rate;
  const double kept_by_step = 1 - rate * settings.weight_decay;
  kept_ *= kept_by_step;
  kept_in_sub_block_ *= kept_by_step;
  for (double& of_earlier : rates_) of_earlier *= kept_by_step;
  rates_.resize(static_cast<std::size_t>(batch.begin + batch.size), -rate);
}

void BlockedSchedule::PrepareCoefficients(Batch next) {
  const bool begins_sub_block = next.begin % sub_block_ == 0;
  if (begins_sub_block) {
    kept_at_sub_block_ = kept_;
    kept_in_sub_block_ = 1;
  }
  if (!configuration_.trains_weights()) return;
  if (!knows_products_) MultiplyInputs();
  const std::int64_t first = begins_sub_block ? 0 : SubBlockBegin(next.begin);
  const std::int64_t rows =
      begins_sub_block ? std::min(sub_block_, block_.view().size - next.begin) : next.size;
  for (std::int64_t n = next.begin; n < next.begin + rows; ++n) {
    for (std::int64_t j = first; j < next.begin; ++j) {
      coefficients_.data()[n * samples_ + j] = static_cast<float>(
          rates_[static_cast<std::size_t>(j)] * products_.data()[n * block_.view().size + j]);
    }
  }
}

void BlockedSchedule::MultiplyTile(NodeRange tile, const kernel::BatchView& block,
                                   kernel::Residence residence, float* workspace) const {
  float* product = workspace + layout_.product;
  VisitHiddenWeights(
      parameters_, tile, workspace + layout_.hidden_weights, [&](const auto& values) {
        kernel::MultiplyHidden(kernel::kNoLowerBound, tile.size, UnsteppedRows(values), residence,
                               block, nullptr, product);
      });
  kernel::Transpose(tile.size, block.size, product, Columns(tile, 0));
}

void BlockedSchedule::TransposeOutputWeights(NodeRange tile, bool to_columns,
                                             float* workspace) const {
  const std::int64_t outputs = configuration_.shape.outputs;
  const std::int64_t rows = to_columns ? tile.size : outputs;
  const std::int64_t columns = to_columns ? outputs : tile.size;
  kernel::VisitFormat(configuration_.formats.weights, [&]<class Format>() {
    auto* values = parameters_.output_weights.As<Format>(tile.begin * outputs);
    auto* transposed =
        reinterpret_cast<typename Format::Stored*>(workspace + layout_.transposed_weights);
    kernel::Transpose(rows, columns, values, transposed);
    std::copy_n(transposed, rows * columns, values);
  });
}

template <class Use>
void BlockedSchedule::WithOutputColumns(NodeRange tile, bool are_transposed, float* workspace,
                                        const Use& use) const {
  const std::int64_t outputs = configuration_.shape.outputs;
  if (are_transposed && configuration_.stores_weights()) {
    return kernel::VisitFormat(configuration_.formats.weights, [&]<class Format>() {
      use(Format::At(parameters_.output_weights.As<Format>(tile.begin * outputs), 0));
    });
  }
  float* weights = workspace + layout_.output_weights;
  float* transposed = workspace + layout_.transposed_weights;
  parameters_.ReadOutputWeights(tile.begin, tile.size, weights);
  kernel::Transpose(tile.size, outputs, weights, transposed);
  use(kernel::FloatValues{transposed});
}

// ---- Forward

void BlockedSchedule::AddOutputs(NodeRange tile, std::int64_t count, const float* z,
                                 bool are_transposed, float* workspace) const {
  WithOutputColumns(tile, are_transposed, workspace, [&](const auto& weights) {
    kernel::VisitActivation(configuration_.activation, [&]<class Phi>() {
      kernel::AddColumnOutputs<Phi>(tile.size, configuration_.shape.outputs, count, weights, z,
                                    workspace + layout_.lane_sums);
    });
  });
}

void BlockedSchedule::ForwardTile(NodeRange tile, Batch batch, float* workspace) const {
  const std::int64_t first = SubBlockBegin(batch.begin);
  const bool trains = configuration_.trains_weights();
  if (first == batch.begin && first > 0 && trains) {
    float* columns = Columns(tile, first);
    const Vector kept = hn::Set(kFloat, static_cast<float>(kept_at_sub_block_));
    kernel::Product(std::min(sub_block_, block_.view().size - first), tile.size, first,
                    kernel::Left(coefficients_.data() + first * samples_, samples_, 1),
                    {Columns(tile, 0), tile.size}, kernel::FromZero{},
                    [columns, kept](std::int64_t i, Vector sum, auto lanes) {
                      lanes.Store(hn::MulAdd(kept, lanes.Load(columns + i), sum), columns + i);
                    });
  }
  kernel::EarlierColumns earlier{};
  if (trains) {
    earlier = {batch.begin - first, Columns(tile, first),
               coefficients_.data() + batch.begin * samples_ + first, samples_};
  }
  float* z = Columns(tile, batch.begin);
  kernel::CorrectColumns(tile.size, batch.size, static_cast<float>(kept_in_sub_block_),
                         hidden_biases_.Values(tile, workspace + layout_.bias), earlier, z, z);
  AddOutputs(tile, batch.size, z, true, workspace);
}

void BlockedSchedule::BeginShare(std::int64_t count, float* workspace) const {
  std::fill_n(workspace + layout_.lane_sums,
              count * configuration_.shape.outputs * kernel::kNodeLanes, 0.0F);
}

void BlockedSchedule::FinishShare(Part part, std::int64_t count) {
  float* share = layer_outputs_.Share(part.chunk, part.thread, count);
  const float* lanes = part.workspace + layout_.lane_sums;
  for (std::int64_t i = 0; i < layer_outputs_.ShareSize(count); ++i, lanes += kernel::kNodeLanes) {
    share[i] = std::accumulate(lanes, lanes + kernel::kNodeLanes, 0.0F);
  }
  layer_outputs_.CloseShare(part.chunk, part.thread, count);
}

void BlockedSchedule::Forward(const kernel::BatchView& rows, float* outputs) {
  ledger_.EnterPhase(Phase::kForward);
  AllocateForward();
  block_.Prepare(rows);
  const kernel::BatchView& block = block_.view();
  Open();
  const std::int64_t first_batch = std::min(configuration_.shape.batch, block.size);
  ForEachPart([&](Part part) {
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
  Count(step.batch, step.settings);
  const double kept = kept_;
  unwritten_rows_ = 0;
  if (step.closes) {
    PrepareClosing();
    if (step.next_block != nullptr) Open();
  } else {
    PrepareCoefficients(step.next);
  }
  const bool updates_bias = trains_hidden_bias_ && step.settings.updates_biases;
  const bool sums_bias_gradient = updates_bias && hidden_biases_.spans_tiles();
  const bool wants_outputs = step.next.size > 0;
  ForEachPart([&](Part part) {
    if (sums_bias_gradient) *spanning_gradient_.Share(part.chunk, part.thread, 1) = 0;
    BeginShare(step.next.size, part.workspace);
    tiling_.ForEachTile(part.chunk, [&](NodeRange tile) {
      StepTile(tile, step, part.workspace);
      if (updates_bias) StepBias(tile, step.settings, part);
      if (step.closes) CloseTile(tile, step, kept, part.workspace);
      if (wants_outputs && !sums_bias_gradient) ForwardTile(tile, step.next, part.workspace);
    });
    if (wants_outputs && !sums_bias_gradient) FinishShare(part, step.next.size);
    if (sums_bias_gradient) spanning_gradient_.Close(part.chunk, part.thread, 1);
  });
  if (sums_bias_gradient) {
    const float gradient_of_all = spanning_gradient_.OnlyTotal();
    hidden_biases_.Step({0, configuration_.shape.hidden}, &gradient_of_all, *state_, step.settings);
  }
  UpdateOutputBias(parameters_, *state_, step.gradient, step.batch.size, step.settings);
  has_transposed_weights_ = wants_outputs;
  if (step.next_block != nullptr) std::swap(block_, next_block_);
  begin_ = step.next.begin;
  if (!wants_outputs) return;
  if (sums_bias_gradient) ForwardAgain(step.next);
  layer_outputs_.Reduce(step.next.size, outputs);
}

void BlockedSchedule::ForwardAgain(Batch batch) {
  ForEachPart([&](Part part) {
    BeginShare(batch.size, part.workspace);
    tiling_.ForEachTile(part.chunk,
                        [&](NodeRange tile) { ForwardTile(tile, batch, part.workspace); });
    FinishShare(part, batch.size);
  });
}

void BlockedSchedule::StepTile(NodeRange tile, const Step& step, float* workspace) const {
  const bool stores_weights = configuration_.stores_weights();
  if (stores_weights && !has_transposed_weights_) TransposeOutputWeights(tile, true, workspace);
  float* activation = workspace + layout_.activation;
  WithOutputColumns(tile, true, workspace, [&](const auto& weights) {
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

void BlockedSchedule::StepBias(NodeRange tile, const StepSettings& settings, Part part) {
  const float* node_gradient = part.workspace + layout_.node_gradient;
  float* entry_gradient = part.workspace + layout_.entry_gradient;
  hidden_biases_.Reduce({node_gradient, static_cast<std::size_t>(tile.size)}, entry_gradient);
  if (hidden_biases_.spans_tiles()) {
    *spanning_gradient_.Share(part.chunk, part.thread, 1) += *entry_gradient;
  } else {
    hidden_biases_.Step(tile, entry_gradient, *state_, settings);
  }
}

// ---- The block's end

void BlockedSchedule::PrepareClosing() {
  closing_factors_.assign(static_cast<std::size_t>(block_.view().size), 0);
  for (std::size_t j = 0; j < rates_.size(); ++j) {
    closing_factors_[j] = static_cast<float>(-rates_[j]);
  }
}

void BlockedSchedule::CloseTile(NodeRange tile, const Step& step, double kept, float* workspace) {
  if (configuration_.trains_weights()) StepHiddenWeights(tile, step, kept, workspace);
  if (step.next_block != nullptr) {
    MultiplyTile(tile, *step.next_block,
                 configuration_.trains_weights() ? kernel::Residence::kInCache
                                                 : kernel::Residence::kInMemory,
                 workspace);
  } else if (configuration_.stores_weights()) {
    TransposeOutputWeights(tile, false, workspace);
  }
}

void BlockedSchedule::StepHiddenWeights(NodeRange tile, const Step& step, double kept,
                                        float* workspace) {
  const kernel::BatchView& block = block_.view();
  const kernel::HiddenDelta delta{
      workspace + layout_.product,
      reinterpret_cast<std::uint16_t*>(workspace + layout_.delta_pairs)};
  kernel::Transpose(block.size, tile.size, Columns(tile, 0), delta.values, closing_factors_.data());
  const StepSettings settings = SettingsOfClosing(step.settings, kept);
  unwritten_rows_ +=
      schedule::StepHiddenWeights({parameters_, *state_, settings, tile, block, delta});
}

namespace {

// With few inputs, multiplying is faster than correcting: such a network takes one batch at a time,
// like `streaming_recompute`.
std::unique_ptr<Schedule> Make(Parameters& parameters, memory::Ledger& ledger) {
  if (!parameters.configuration.takes_blocks()) {
    return std::make_unique<TiledSchedule>(parameters, ledger);
  }
  return std::make_unique<BlockedSchedule>(parameters, ledger);
}

void AddBytes(const Configuration& configuration, MemorySum& sum) {
  if (!configuration.takes_blocks()) {
    return kStreamingRecomputeSchedule.add_bytes(configuration, sum);
  }
  BlockedSchedule::AddBytes(configuration, sum);
}

bool Takes(const Formats& /*formats*/, Optimizer optimizer) {
  return Describe(optimizer).states == 0;
}

// The traffic of a step: hidden weights once in a block, everything else each step; and crossings
// of the columns in a block:
//
//   written by the product, read by the closing                                  2
//   in each step: z written and read, ∂z written; earlier ones of the sub-block  3 + (n − 1) / 2
//   brought up to date: read, written, all earlier ones read                     2 + (m − 1) / 2
//
// with n batches in a sub-block and m sub-blocks in a block. Where one bias spans all nodes, output
// weights and the columns of a sub-block are read once more.
double BusBytes(const Configuration& configuration, const memory::CategoryBytes& stored) {
  if (!configuration.takes_blocks())
    return kStreamingRecomputeSchedule.bus_bytes(configuration, stored);
  const auto batch = static_cast<double>(configuration.shape.batch);
  const auto samples = static_cast<double>(configuration.pass_samples());
  const auto sub_block = static_cast<double>(SubBlockSamples(configuration.shape.batch));
  const double steps = samples / batch;
  const bool again = configuration.sums_bias_gradient();
  const auto crossings = [&](const ArrayUse& use) {
    const double of_a_pass = use.is_trained ? 2 : 1;
    if (use.meets_inputs) return of_a_pass / steps;
    return of_a_pass + (use.delta_needs_it && again ? 1 : 0);
  };
  double columns = 5;  // where weights are not trained, only those of the step
  if (configuration.trains_weights()) {
    const double batches = sub_block / batch;
    columns = 7 + (batches - 1) / 2 + (samples / sub_block - 1) / 2;
    if (again) columns += (batches - 1) / batches;
  }
  return ParameterTraffic(configuration, stored, crossings) +
         BatchArrayTraffic(configuration, columns);
}

}  // namespace

constinit const ScheduleDescription kBlockedSchedule = {
    .name = "blocked",
    .summary =
        "exact SGD on small batches: the hidden weights move once a block of --block samples",
    .stores_activations = false,
    .streams = true,
    .takes_blocks = true,
    .takes = Takes,
    .make = Make,
    .add_bytes = AddBytes,
    .bus_bytes = BusBytes};

}  // namespace biasbench::schedule
