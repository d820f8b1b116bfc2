#include "kernel/textbook_schedule.h"

#include <Eigen/Core>

namespace biasbench::kernel {
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

TextbookSchedule::TextbookSchedule(Optimizer optimizer, int threads, Parameters& parameters,
                                   memory::Ledger& ledger)
    : optimizer_(optimizer),
      threads_(threads),
      parameters_(parameters),
      ledger_(ledger),
      tiling_(parameters.shape.hidden, parameters.row_length, parameters.shape.batch,
              parameters.strategy.group()),
      hidden_biases_(parameters),
      layer_outputs_(ledger, parameters, tiling_.chunks()) {}

std::int64_t TextbookSchedule::workspace_floats() const {
  const std::int64_t weights_per_node =
      parameters_.stores_weights() ? 0 : parameters_.row_length + parameters_.shape.outputs;
  return tiling_.chunk_nodes() * (1 + weights_per_node);
}

std::span<float> TextbookSchedule::NodeScratch(NodeRange nodes, int thread) const {
  return {workspace_.data() + thread * workspace_floats(), static_cast<std::size_t>(nodes.size)};
}

const float* TextbookSchedule::HiddenWeights(NodeRange nodes, int thread) const {
  if (parameters_.stores_weights()) {
    return parameters_.hidden_weights.data() + nodes.begin * parameters_.row_length;
  }
  float* drawn = workspace_.data() + thread * workspace_floats() + tiling_.chunk_nodes();
  parameters_.ReadHiddenWeights(nodes.begin, nodes.size, drawn);
  return drawn;
}

const float* TextbookSchedule::OutputWeights(NodeRange nodes, int thread) const {
  if (parameters_.stores_weights()) {
    return parameters_.output_weights.data() + nodes.begin * parameters_.shape.outputs;
  }
  float* drawn = workspace_.data() + thread * workspace_floats() +
                 tiling_.chunk_nodes() * (1 + parameters_.row_length);
  parameters_.ReadOutputWeights(nodes.begin, nodes.size, drawn);
  return drawn;
}

void TextbookSchedule::AllocateForward() {
  if (!workspace_.empty()) return;
  workspace_ = {ledger_, Category::kWorkspace, threads_ * workspace_floats()};
  activations_ = {ledger_, Category::kActivations,
                  parameters_.shape.hidden * parameters_.shape.batch};
}

void TextbookSchedule::AllocateBackward() {
  if (!deltas_.empty()) return;
  const Shape& shape = parameters_.shape;
  deltas_ = {ledger_, Category::kDeltas, shape.hidden * shape.batch};
  if (parameters_.trains_weights()) {
    hidden_weight_gradient_ = {ledger_, Category::kWeightGradient,
                               shape.hidden * parameters_.row_length};
    output_weight_gradient_ = {ledger_, Category::kWeightGradient, shape.hidden * shape.outputs};
  }
  if (parameters_.trains_hidden_bias()) {
    hidden_bias_gradient_ = {ledger_, Category::kBiasGradient, parameters_.bias_entries};
    if (hidden_biases_.spans_tiles()) {
      chunk_gradient_ = {ledger_, Category::kBiasReduction, tiling_.chunks()};
    }
  }
  if (parameters_.trains_output_bias()) {
    output_bias_gradient_ = {ledger_, Category::kBiasGradient, shape.outputs};
  }
}

void TextbookSchedule::ComputeActivations(const BatchView& batch) {
  const auto inputs = View(batch.rows, batch.size, batch.inputs);
  tiling_.ForEachChunk(threads_, [&](std::int64_t chunk, int thread) {
    const NodeRange nodes = tiling_.Chunk(chunk);
    auto z = View(activations_.data() + nodes.begin * batch.size, nodes.size, batch.size);
    z.noalias() = View(HiddenWeights(nodes, thread), nodes.size, batch.inputs) * inputs.transpose();
    const float* bias = hidden_biases_.Values(nodes, NodeScratch(nodes, thread).data());
    for (std::int64_t i = 0; bias != nullptr && i < nodes.size; ++i) z.row(i).array() += bias[i];
  });
  tiling_.ForEachChunk(threads_, [&](std::int64_t chunk, int /*thread*/) {
    const NodeRange nodes = tiling_.Chunk(chunk);
    Activate(parameters_.activation, nodes.size * batch.size,
             activations_.data() + nodes.begin * batch.size);
  });
}

void TextbookSchedule::Forward(const BatchView& batch, float* outputs) {
  ledger_.EnterPhase(Phase::kForward);
  AllocateForward();
  ComputeActivations(batch);
  const std::int64_t output_count = parameters_.shape.outputs;
  tiling_.ForEachChunk(threads_, [&](std::int64_t chunk, int thread) {
    const NodeRange nodes = tiling_.Chunk(chunk);
    const auto activation =
        View(activations_.data() + nodes.begin * batch.size, nodes.size, batch.size);
    const auto weights = View(OutputWeights(nodes, thread), nodes.size, output_count);
    View(layer_outputs_.Share(chunk, batch.size).data(), output_count, batch.size).noalias() =
        weights.transpose() * activation;
  });
  layer_outputs_.Reduce(batch.size, outputs);
}

void TextbookSchedule::Update(const BatchView& batch, const float* output_gradient,
                              const StepSettings& settings) {
  ledger_.EnterPhase(Phase::kBackward);
  AllocateBackward();
  const OutputGradient gradient = layer_outputs_.Hold(output_gradient, batch.size);
  ComputeDeltas(batch.size, gradient);
  if (parameters_.trains_weights()) ComputeWeightGradients(batch, gradient);
  if (settings.updates_biases) ComputeBiasGradients(batch.size, gradient);
  ledger_.EnterPhase(Phase::kUpdate);
  if (state_ == nullptr) {
    state_ = std::make_unique<TrainingState>(ledger_, optimizer_, parameters_);
  }
  if (parameters_.trains_weights()) UpdateWeights(settings);
  if (settings.updates_biases) UpdateBiases(settings);
}

void TextbookSchedule::ComputeDeltas(std::int64_t batch_size, const OutputGradient& gradient) {
  const auto rows = View(gradient.rows, batch_size, gradient.outputs);
  tiling_.ForEachChunk(threads_, [&](std::int64_t chunk, int thread) {
    const NodeRange nodes = tiling_.Chunk(chunk);
    const auto weights = View(OutputWeights(nodes, thread), nodes.size, gradient.outputs);
    View(deltas_.data() + nodes.begin * batch_size, nodes.size, batch_size).noalias() =
        weights * rows.transpose();
  });
  tiling_.ForEachChunk(threads_, [&](std::int64_t chunk, int /*thread*/) {
    const NodeRange nodes = tiling_.Chunk(chunk);
    Differentiate(parameters_.activation, nodes.size * batch_size,
                  activations_.data() + nodes.begin * batch_size,
                  deltas_.data() + nodes.begin * batch_size);
  });
}

void TextbookSchedule::ComputeWeightGradients(const BatchView& batch,
                                              const OutputGradient& gradient) {
  const auto inputs = View(batch.rows, batch.size, batch.inputs);
  tiling_.ForEachChunk(threads_, [&](std::int64_t chunk, int /*thread*/) {
    const NodeRange nodes = tiling_.Chunk(chunk);
    const auto delta = View(deltas_.data() + nodes.begin * batch.size, nodes.size, batch.size);
    View(hidden_weight_gradient_.data() + nodes.begin * batch.inputs, nodes.size, batch.inputs)
        .noalias() = delta * inputs;
  });
  const auto rows = View(gradient.rows, batch.size, gradient.outputs);
  tiling_.ForEachChunk(threads_, [&](std::int64_t chunk, int /*thread*/) {
    const NodeRange nodes = tiling_.Chunk(chunk);
    const auto activation =
        View(activations_.data() + nodes.begin * batch.size, nodes.size, batch.size);
    View(output_weight_gradient_.data() + nodes.begin * gradient.outputs, nodes.size,
         gradient.outputs)
        .noalias() = activation * rows;
  });
}

void TextbookSchedule::ComputeBiasGradients(std::int64_t batch_size,
                                            const OutputGradient& gradient) {
  if (parameters_.trains_hidden_bias()) {
    const bool spans_tiles = hidden_biases_.spans_tiles();
    tiling_.ForEachChunk(threads_, [&](std::int64_t chunk, int thread) {
      const NodeRange nodes = tiling_.Chunk(chunk);
      const std::span<float> node_gradient = NodeScratch(nodes, thread);
      NodeGradient(nodes.size, batch_size, deltas_.data() + nodes.begin * batch_size,
                   node_gradient.data());
      hidden_biases_.Reduce(node_gradient,
                            spans_tiles
                                ? &chunk_gradient_[chunk]
                                : &hidden_bias_gradient_[hidden_biases_.FirstEntry(nodes.begin)]);
    });
    if (spans_tiles) hidden_bias_gradient_[0] = SumInOrder(chunk_gradient_.span());
  }
  if (parameters_.trains_output_bias()) {
    ForEachVector(gradient.outputs, [&](std::int64_t o, auto lanes) {
      lanes.Store(OutputBiasGradient(gradient, batch_size, o, lanes), &output_bias_gradient_[o]);
    });
  }
}

void TextbookSchedule::UpdateWeights(const StepSettings& settings) {
  VisitStep(optimizer_, settings, settings.weights(), [&]<class Step>(const Step& step) {
    tiling_.ForEachChunk(threads_, [&](std::int64_t chunk, int /*thread*/) {
      const NodeRange nodes = tiling_.Chunk(chunk);
      const auto update = [&](const Moments& moments, float* values, const float* gradient,
                              std::int64_t per_node) {
        const std::int64_t begin = nodes.begin * per_node;
        ApplyStep(step, moments.Of<Step::kStates>(FloatValues{values + begin}, begin),
                  gradient + begin, nodes.size * per_node);
      };
      update(state_->hidden_weights(), parameters_.hidden_weights.data(),
             hidden_weight_gradient_.data(), parameters_.row_length);
      update(state_->output_weights(), parameters_.output_weights.data(),
             output_weight_gradient_.data(), parameters_.shape.outputs);
    });
  });
}

void TextbookSchedule::UpdateBiases(const StepSettings& settings) {
  if (parameters_.trains_hidden_bias()) {
    const auto update = [&](NodeRange nodes) {
      hidden_biases_.Step(nodes, &hidden_bias_gradient_[hidden_biases_.FirstEntry(nodes.begin)],
                          *state_, settings);
    };
    if (hidden_biases_.spans_tiles()) {
      update({0, parameters_.shape.hidden});
    } else {
      tiling_.ForEachChunk(
          threads_, [&](std::int64_t chunk, int /*thread*/) { update(tiling_.Chunk(chunk)); });
    }
  }
  if (parameters_.trains_output_bias()) {
    VisitStep(state_->bias_optimizer(), settings, settings.output_bias(),
              [&]<class Step>(const Step& step) {
                ApplyStep(step,
                          state_->output_bias().Of<Step::kStates>(
                              FloatValues{parameters_.output_bias.data()}),
                          output_bias_gradient_.data(), parameters_.shape.outputs);
              });
  }
}

void TextbookSchedule::FreezeBiases() {
  hidden_bias_gradient_ = {};
  chunk_gradient_ = {};
  output_bias_gradient_ = {};
  if (state_ != nullptr) state_->FreeBiasState();
}

}  // namespace biasbench::kernel
