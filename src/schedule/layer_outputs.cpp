#include "schedule/layer_outputs.h"

#include <numeric>

#include "kernel/denormals.h"
#include "kernel/narrow_tile.h"

namespace biasbench::schedule {

using memory::Category;

LayerOutputs::LayerOutputs(memory::Ledger& ledger, const Parameters& parameters,
                           const Configuration& configuration)
    : parameters_(parameters),
      sums_(ledger, Category::kWorkspace, configuration.tiling(), configuration.threads,
            ShareSize(configuration.pass_samples()), parameters.exchange),
      gradient_panel_(ledger, Category::kWorkspace, ShareSize(configuration.pass_samples())) {}

void LayerOutputs::AddBytes(const Configuration& configuration, MemorySum& sum) {
  const Shape& shape = configuration.shape;
  ChunkSums::AddBytes(Category::kWorkspace, configuration.tiling(), configuration.threads,
                      MemorySum::Multiply({shape.outputs, configuration.pass_samples()}), sum);
  sum.Add(Category::kWorkspace, {kFloatBytes, shape.outputs, configuration.pass_samples()});
}

void LayerOutputs::CloseLanes(std::int64_t chunk, int thread, std::int64_t batch_size,
                              const float* lane_sums) {
  float* share = Share(chunk, thread, batch_size);
  for (std::int64_t i = 0; i < ShareSize(batch_size); ++i, lane_sums += kernel::kNodeLanes) {
    share[i] = std::accumulate(lane_sums, lane_sums + kernel::kNodeLanes, 0.0F);
  }
  CloseShare(chunk, thread, batch_size);
}

void LayerOutputs::Reduce(std::int64_t batch_size, float* outputs) const {
  const std::int64_t count = parameters_.configuration.shape.outputs;
  const double divisor = parameters_.configuration.output_divisor();
  const bool is_stored = !parameters_.output_bias.empty();
  const double same_bias = parameters_.configuration.strategy.initial_output_bias();
  sums_.ForEachTotal(ShareSize(batch_size), [&](std::int64_t i, double sum) {
    const std::int64_t o = i / batch_size;
    const double bias = is_stored ? parameters_.output_bias[o] : same_bias;
    outputs[i % batch_size * count + o] = static_cast<float>(bias + sum / divisor);
  });
}

kernel::OutputGradient LayerOutputs::Hold(const float* rows, std::int64_t batch_size) const {
  const std::int64_t count = parameters_.configuration.shape.outputs;
  for (std::int64_t n = 0; n < batch_size; ++n) {
    for (std::int64_t o = 0; o < count; ++o)
      gradient_panel_[o * batch_size + n] = rows[n * count + o];
  }
  return {count, rows, gradient_panel_.data()};
}

void UpdateOutputBias(const Parameters& parameters, const TrainingState& state,
                      const kernel::OutputGradient& gradient, std::int64_t batch_size,
                      const StepSettings& settings) {
  if (!parameters.configuration.trains_output_bias() || !settings.updates_biases) return;
  const kernel::FlushDenormals flush;
  VisitStep(parameters.configuration.bias_optimizer(), settings, settings.output_bias(),
            [&]<class Step>(const Step& step) {
              const auto bias = state.output_bias().Of<Step::kStates>(
                  kernel::FloatValues{parameters.output_bias.data()});
              kernel::ForEachVector(gradient.outputs, [&](std::int64_t o, auto lanes) {
                step(bias, o, OutputBiasGradient(gradient, batch_size, o, lanes), lanes);
              });
            });
}

}  // namespace biasbench::schedule
