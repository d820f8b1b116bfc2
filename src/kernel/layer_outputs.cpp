#include "kernel/layer_outputs.h"

#include "kernel/denormals.h"

namespace biasbench::kernel {

using memory::Category;

LayerOutputs::LayerOutputs(memory::Ledger& ledger, const Parameters& parameters,
                           std::int64_t chunks)
    : parameters_(parameters),
      chunks_(chunks),
      shares_(ledger, Category::kWorkspace,
              chunks * parameters.shape.outputs * parameters.shape.batch),
      gradient_panel_(ledger, Category::kWorkspace,
                      parameters.shape.outputs * parameters.shape.batch) {}

std::span<float> LayerOutputs::Share(std::int64_t chunk, std::int64_t batch_size) const {
  const std::int64_t size = parameters_.shape.outputs * batch_size;
  return {shares_.data() + chunk * size, static_cast<std::size_t>(size)};
}

void LayerOutputs::Reduce(std::int64_t batch_size, float* outputs) const {
  const std::int64_t count = parameters_.shape.outputs;
  const bool is_stored = !parameters_.output_bias.empty();
  for (std::int64_t o = 0; o < count; ++o) {
    const double bias =
        is_stored ? parameters_.output_bias[o] : parameters_.strategy.initial_output_bias();
    for (std::int64_t n = 0; n < batch_size; ++n) {
      double sum = 0;
      for (std::int64_t chunk = 0; chunk < chunks_; ++chunk) {
        sum += shares_[(chunk * count + o) * batch_size + n];
      }
      outputs[n * count + o] = static_cast<float>(bias + sum / parameters_.output_divisor());
    }
  }
}

OutputGradient LayerOutputs::Hold(const float* rows, std::int64_t batch_size) const {
  const std::int64_t count = parameters_.shape.outputs;
  for (std::int64_t n = 0; n < batch_size; ++n) {
    for (std::int64_t o = 0; o < count; ++o)
      gradient_panel_[o * batch_size + n] = rows[n * count + o];
  }
  return {count, rows, gradient_panel_.data()};
}

void UpdateOutputBias(const Parameters& parameters, const TrainingState& state,
                      const OutputGradient& gradient, std::int64_t batch_size,
                      const StepSettings& settings) {
  if (!parameters.trains_output_bias() || !settings.updates_biases) return;
  const FlushDenormals flush;
  VisitStep(state.bias_optimizer(), settings, settings.output_bias(),
            [&]<class Step>(const Step& step) {
              const auto bias =
                  state.output_bias().Of<Step::kStates>(FloatValues{parameters.output_bias.data()});
              ForEachVector(gradient.outputs, [&](std::int64_t o, auto lanes) {
                step(bias, o, OutputBiasGradient(gradient, batch_size, o, lanes), lanes);
              });
            });
}

}  // namespace biasbench::kernel
