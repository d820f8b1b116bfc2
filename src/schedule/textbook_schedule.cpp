#include "schedule/textbook_schedule.h"

#include <Eigen/Core>

namespace biasbench::schedule {
namespace {

using memory::Category;
using memory::Phase;

using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

Eigen::Map<const Matrix> View(const float* data, std::int64_t rows, std::int64_t columns) {
  return {data, rows, columns};
}
Eigen::Map<Matrix> View(float* data, std::int64_t rows, std::int64_t columns) {
  return {data, rows, columns};
}

}  // namespace

TextbookSchedule::TextbookSchedule(Parameters& parameters, memory::Ledger& ledger)
    : parameters_(parameters),
      configuration_(parameters.configuration),
      ledger_(ledger),
      tiling_(configuration_.tiling()),
      workspace_floats_(WorkspaceFloats(configuration_)),
      hidden_biases_(parameters),
      layer_outputs_(ledger, parameters, configuration_) {}

std::span<float> TextbookSchedule::NodeScratch(NodeRange nodes, int thread) const {
  return {workspace_.data() + thread * workspace_floats_, static_cast<std::size_t>(nodes.size)};
}

const float* TextbookSchedule::HiddenWeights(NodeRange nodes, int thread) const {
  if (configuration_.stores_weights()) {
    return parameters_.hidden_weights.floats(nodes.begin * configuration_.row_length());
  }
  float* drawn = workspace_.data() + thread * workspace_floats_ + tiling_.chunk_nodes();
  parameters_.ReadHiddenWeights(nodes.begin, nodes.size, drawn);
  return drawn;
}

const float* TextbookSchedule::OutputWeights(NodeRange nodes, int thread) const {
  if (configuration_.stores_weights()) {
    return parameters_.output_weights.floats(nodes.begin * configuration_.shape.outputs);
  }
  float* drawn = workspace_.data() + thread * workspace_floats_ +
                 tiling_.chunk_nodes() * (1 + configuration_.row_length());
  parameters_.ReadOutputWeights(nodes.begin, nodes.size, drawn);
  return drawn;
}

std::int64_t TextbookSchedule::WorkspaceFloats(const Configuration& configuration) {
  const std::int64_t weights_per_node =
      configuration.stores_weights() ? 0 : configuration.row_length() + configuration.shape.outputs;
  return MemorySum::Multiply({configuration.tiling().chunk_nodes(), 1 + weights_per_node});
}

void TextbookSchedule::AllocateForward() {
  if (!workspace_.empty()) return;
  workspace_ = {ledger_, Category::kWorkspace, configuration_.threads * workspace_floats_};
  activations_ = {ledger_, Category::kActivations,
                  configuration_.own_hidden() * configuration_.shape.batch};
}

void TextbookSchedule::AllocateBackward() {
  if (has_backward_buffers_) return;
  has_backward_buffers_ = true;
  const Shape& shape = configuration_.shape;
  deltas_ = {ledger_, Category::kDeltas, configuration_.own_hidden() * shape.batch};
  if (configuration_.trains_weights()) {
    hidden_weight_gradient_ = {ledger_, Category::kWeightGradient,
                               configuration_.own_hidden() * configuration_.row_length()};
    output_weight_gradient_ = {ledger_, Category::kWeightGradient,
                               configuration_.own_hidden() * shape.outputs};
  }
  if (configuration_.trains_hidden_bias()) {
    hidden_bias_gradient_ = {ledger_, Category::kBiasGradient, configuration_.bias_entries()};
    if (hidden_biases_.spans_tiles()) {
      spanning_gradient_ = {ledger_, Category::kBiasReduction, tiling_, configuration_.threads,
                            1,       parameters_.exchange};
    }
  }
  if (configuration_.trains_output_bias()) {
    output_bias_gradient_ = {ledger_, Category::kBiasGradient, shape.outputs};
  }
}

void TextbookSchedule::ComputeActivations(const kernel::BatchView& batch) {
  const auto inputs = View(batch.rows, batch.size, batch.inputs);
  tiling_.ForEachChunk(configuration_.threads, [&](std::int64_t chunk, int thread) {
    const NodeRange nodes = tiling_.Chunk(chunk);
    auto z = View(activations_.data() + nodes.begin * batch.size, nodes.size, batch.size);
    z.noalias() = View(HiddenWeights(nodes, thread), nodes.size, batch.inputs) * inputs.transpose();
    const float* bias = hidden_biases_.Values(nodes, NodeScratch(nodes, thread).data());
    for (std::int64_t i = 0; bias != nullptr && i < nodes.size; ++i) z.row(i).array() += bias[i];
  });
  tiling_.ForEachChunk(configuration_.threads, [&](std::int64_t chunk, int /*thread*/) {
    const NodeRange nodes = tiling_.Chunk(chunk);
    kernel::Activate(configuration_.activation, nodes.size * batch.size,
                     activations_.data() + nodes.begin * batch.size);
  });
}

void TextbookSchedule::Forward(const kernel::BatchView& batch, float* outputs) {
  ledger_.EnterPhase(Phase::kForward);
  AllocateForward();
  ComputeActivations(batch);
  const std::int64_t output_count = configuration_.shape.outputs;
  tiling_.ForEachChunk(configuration_.threads, [&](std::int64_t chunk, int thread) {
    const NodeRange nodes = tiling_.Chunk(chunk);
    const auto activation =
        View(activations_.data() + nodes.begin * batch.size, nodes.size, batch.size);
    const auto weights = View(OutputWeights(nodes, thread), nodes.size, output_count);
    View(layer_outputs_.Share(chunk, thread, batch.size), output_count, batch.size).noalias() =
        weights.transpose() * activation;
    layer_outputs_.CloseShare(chunk, thread, batch.size);
  });
  layer_outputs_.Reduce(batch.size, outputs);
}

void TextbookSchedule::Update(const kernel::BatchView& batch, const float* output_gradient,
                              const StepSettings& settings) {
  ledger_.EnterPhase(Phase::kBackward);
  AllocateBackward();
  const kernel::OutputGradient gradient = layer_outputs_.Hold(output_gradient, batch.size);
  ComputeDeltas(batch.size, gradient);
  if (configuration_.trains_weights()) ComputeWeightGradients(batch, gradient);
  if (settings.updates_biases) ComputeBiasGradients(batch.size, gradient);
  ledger_.EnterPhase(Phase::kUpdate);
  if (state_ == nullptr) {
    state_ = std::make_unique<TrainingState>(ledger_, configuration_);
  }
  if (configuration_.trains_weights()) UpdateWeights(settings);
  if (settings.updates_biases) UpdateBiases(settings);
}

void TextbookSchedule::ComputeDeltas(std::int64_t batch_size,
                                     const kernel::OutputGradient& gradient) {
  const auto rows = View(gradient.rows, batch_size, gradient.outputs);
  tiling_.ForEachChunk(configuration_.threads, [&](std::int64_t chunk, int thread) {
    const NodeRange nodes = tiling_.Chunk(chunk);
    const auto weights = View(OutputWeights(nodes, thread), nodes.size, gradient.outputs);
    View(deltas_.data() + nodes.begin * batch_size, nodes.size, batch_size).noalias() =
        weights * rows.transpose();
  });
  tiling_.ForEachChunk(configuration_.threads, [&](std::int64_t chunk, int /*thread*/) {
    const NodeRange nodes = tiling_.Chunk(chunk);
    kernel::Differentiate(configuration_.activation, nodes.size * batch_size,
                          activations_.data() + nodes.begin * batch_size,
                          deltas_.data() + nodes.begin * batch_size);
  });
}

void TextbookSchedule::ComputeWeightGradients(const kernel::BatchView& batch,
                                              const kernel::OutputGradient& gradient) {
  const auto inputs = View(batch.rows, batch.size, batch.inputs);
  tiling_.ForEachChunk(configuration_.threads, [&](std::int64_t chunk, int /*thread*/) {
    const NodeRange nodes = tiling_.Chunk(chunk);
    const auto delta = View(deltas_.data() + nodes.begin * batch.size, nodes.size, batch.size);
    View(hidden_weight_gradient_.data() + nodes.begin * batch.inputs, nodes.size, batch.inputs)
        .noalias() = delta * inputs;
  });
  const auto rows = View(gradient.rows, batch.size, gradient.outputs);
  tiling_.ForEachChunk(configuration_.threads, [&](std::int64_t chunk, int /*thread*/) {
    const NodeRange nodes = tiling_.Chunk(chunk);
    const auto activation =
        View(activations_.data() + nodes.begin * batch.size, nodes.size, batch.size);
    View(output_weight_gradient_.data() + nodes.begin * gradient.outputs, nodes.size,
         gradient.outputs)
        .noalias() = activation * rows;
  });
}

void TextbookSchedule::ComputeBiasGradients(std::int64_t batch_size,
                                            const kernel::OutputGradient& gradient) {
  if (configuration_.trains_hidden_bias()) {
    const bool spans_tiles = hidden_biases_.spans_tiles();
    tiling_.ForEachChunk(configuration_.threads, [&](std::int64_t chunk, int thread) {
      const NodeRange nodes = tiling_.Chunk(chunk);
      const std::span<float> node_gradient = NodeScratch(nodes, thread);
      kernel::NodeGradient(nodes.size, batch_size, deltas_.data() + nodes.begin * batch_size,
                           node_gradient.data());
      hidden_biases_.Reduce(node_gradient,
                            spans_tiles
                                ? spanning_gradient_.Share(chunk, thread, 1)
                                : &hidden_bias_gradient_[hidden_biases_.FirstEntry(nodes.begin)]);
      if (spans_tiles) spanning_gradient_.Close(chunk, thread, 1);
    });
    if (spans_tiles) hidden_bias_gradient_[0] = spanning_gradient_.OnlyTotal();
  }
  if (configuration_.trains_output_bias()) {
    kernel::ForEachVector(gradient.outputs, [&](std::int64_t o, auto lanes) {
      lanes.Store(OutputBiasGradient(gradient, batch_size, o, lanes), &output_bias_gradient_[o]);
    });
  }
}

void TextbookSchedule::UpdateWeights(const StepSettings& settings) {
  VisitStep(
      configuration_.optimizer, settings, settings.weights(), [&]<class Step>(const Step& step) {
        tiling_.ForEachChunk(configuration_.threads, [&](std::int64_t chunk, int /*thread*/) {
          const NodeRange nodes = tiling_.Chunk(chunk);
          const auto update = [&](const Moments& moments, float* values, const float* gradient,
                                  std::int64_t per_node) {
            const std::int64_t begin = nodes.begin * per_node;
            ApplyStep(step, moments.Of<Step::kStates>(kernel::FloatValues{values + begin}, begin),
                      gradient + begin, nodes.size * per_node);
          };
          update(state_->hidden_weights(), parameters_.hidden_weights.floats(),
                 hidden_weight_gradient_.data(), configuration_.row_length());
          update(state_->output_weights(), parameters_.output_weights.floats(),
                 output_weight_gradient_.data(), configuration_.shape.outputs);
        });
      });
}

void TextbookSchedule::UpdateBiases(const StepSettings& settings) {
  if (configuration_.trains_hidden_bias()) {
    const auto update = [&](NodeRange nodes) {
      hidden_biases_.Step(nodes, &hidden_bias_gradient_[hidden_biases_.FirstEntry(nodes.begin)],
                          *state_, settings);
    };
    if (hidden_biases_.spans_tiles()) {
      update({0, configuration_.own_hidden()});
    } else {
      tiling_.ForEachChunk(configuration_.threads, [&](std::int64_t chunk, int /*thread*/) {
        update(tiling_.Chunk(chunk));
      });
    }
  }
  if (configuration_.trains_output_bias()) {
    VisitStep(configuration_.bias_optimizer(), settings, settings.output_bias(),
              [&]<class Step>(const Step& step) {
                ApplyStep(step,
                          state_->output_bias().Of<Step::kStates>(
                              kernel::FloatValues{parameters_.output_bias.data()}),
                          output_bias_gradient_.data(), configuration_.shape.outputs);
              });
  }
}

void TextbookSchedule::FreezeBiases() {
  hidden_bias_gradient_ = {};
  spanning_gradient_ = {};
  output_bias_gradient_ = {};
  if (state_ != nullptr) state_->FreeBiasState();
}

}  // namespace biasbench::schedule
