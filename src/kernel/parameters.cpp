#include "kernel/parameters.h"

#include <algorithm>
#include <vector>

#include "kernel/bfloat16.h"
#include "kernel/tiling.h"

namespace biasbench::kernel {
namespace {

using memory::Category;

std::int64_t BiasEntries(const bias::Selection& strategy, std::int64_t hidden) {
  return bias::VisitStorage(strategy.strategy->storage, [&]<class Policy>() {
    return Policy::Entries(hidden, strategy.group());
  });
}

std::int64_t EntryBytes(const bias::Selection& strategy) {
  return bias::VisitStorage(strategy.strategy->storage, []<class Policy>() {
    return static_cast<std::int64_t>(sizeof(typename Policy::Entry));
  });
}

void DrawWeights(Parameters& parameters, int threads) {
  const std::int64_t inputs = parameters.shape.inputs;
  const std::int64_t outputs = parameters.shape.outputs;
  const std::int64_t row_length = parameters.row_length;
  const HalfWidths half_widths = HalfWidthsOf(parameters.parametrization, parameters.shape);
  const auto draw = [&](NodeRange nodes, float* hidden, float* output) {
    DrawHiddenWeights(parameters.seed, half_widths.hidden_weights, inputs, nodes.begin, nodes.size,
                      row_length, hidden);
    DrawOutputWeights(parameters.seed, half_widths.output_weights, outputs, nodes.begin, nodes.size,
                      output);
  };
  const Tiling tiling(parameters.shape.hidden, row_length, parameters.shape.batch,
                      parameters.strategy.group());
  tiling.ForEachChunk(threads, [&](std::int64_t chunk, int /*thread*/) {
    const NodeRange nodes = tiling.Chunk(chunk);
    if (parameters.stores_float_weights()) {
      draw(nodes, &parameters.hidden_weights[nodes.begin * row_length],
           &parameters.output_weights[nodes.begin * outputs]);
      return;
    }
    std::vector<float> hidden(static_cast<std::size_t>(row_length));
    std::vector<float> output(static_cast<std::size_t>(outputs));
    for (std::int64_t node = nodes.begin; node < nodes.begin + nodes.size; ++node) {
      draw({node, 1}, hidden.data(), output.data());
      const auto keys = parameters.KeysOfRounding(node, 0).weights;
      RoundToBfloat16(hidden.data(), row_length,
                      {&parameters.hidden_weights_bfloat16[node * row_length], keys[0]});
      RoundToBfloat16(output.data(), outputs,
                      {&parameters.output_weights_bfloat16[node * outputs], keys[1]});
    }
  });
}

// Only per-neuron biases start from anything but zero.
void DrawHiddenBias(const Parameters& parameters) {
  if (parameters.strategy.strategy->storage != bias::Storage::kPerNeuron) return;
  const std::span<float> values(reinterpret_cast<float*>(parameters.hidden_bias.data()),
                                static_cast<std::size_t>(parameters.bias_entries));
  if (parameters.strategy.strategy->initial == bias::Initial::kRandom) {
    random::FillUniform(parameters.seed, random::Stream::kHiddenBias, 0,
                        parameters.hidden_bias_policy().random_half_width, values);
  } else {
    std::ranges::fill(values, parameters.strategy.initial_value());
  }
}

}  // namespace

void DrawHiddenWeights(random::Seed seed, float half_width, std::int64_t inputs, std::int64_t begin,
                       std::int64_t nodes, std::int64_t row_length, float* hidden_weights) {
  const auto draw = [&](std::int64_t first, std::int64_t count, float* to) {
    random::FillUniform(seed, random::Stream::kHiddenWeights, static_cast<std::uint64_t>(first),
                        half_width, {to, static_cast<std::size_t>(count)});
  };
  if (row_length == inputs) {
    draw(begin * inputs, nodes * inputs, hidden_weights);
    return;
  }
  for (std::int64_t i = 0; i < nodes; ++i) {
    draw((begin + i) * inputs, inputs, hidden_weights + i * row_length);
  }
}

void DrawOutputWeights(random::Seed seed, float half_width, std::int64_t outputs,
                       std::int64_t begin, std::int64_t nodes, float* output_weights) {
  random::FillUniform(seed, random::Stream::kOutputWeights,
                      static_cast<std::uint64_t>(begin * outputs), half_width,
                      {output_weights, static_cast<std::size_t>(nodes * outputs)});
}

Parameters::Parameters(memory::Ledger& ledger, const Shape& shape_of_network,
                       const bias::Selection& selection, random::Seed seed_of_run, int threads,
                       Formats formats_of_run, Parametrization parametrization_of_run,
                       ActivationKind activation_of_run)
    : shape(shape_of_network),
      strategy(selection),
      seed(seed_of_run),
      formats(formats_of_run),
      parametrization(parametrization_of_run),
      activation(activation_of_run),
      row_length(shape.inputs + (strategy.strategy->has_bias_unit ? 1 : 0)),
      bias_entries(BiasEntries(strategy, shape.hidden)),
      hidden_weights(ledger, Category::kHiddenWeights,
                     stores_float_weights() ? shape.hidden * row_length : 0),
      output_weights(ledger, Category::kOutputWeights,
                     stores_float_weights() ? shape.hidden * shape.outputs : 0),
      hidden_weights_bfloat16(ledger, Category::kHiddenWeights,
                              stores_bfloat16_weights() ? shape.hidden * row_length : 0),
      output_weights_bfloat16(ledger, Category::kOutputWeights,
                              stores_bfloat16_weights() ? shape.hidden * shape.outputs : 0),
      hidden_bias(ledger, Category::kHiddenBias, bias_entries * EntryBytes(strategy)),
      output_bias(ledger, Category::kOutputBias,
                  strategy.stores_output_bias() ? shape.outputs : 0) {
  if (stores_weights()) DrawWeights(*this, threads);
  DrawHiddenBias(*this);
  std::ranges::fill(output_bias.span(), strategy.initial_output_bias());
}

void Parameters::ReadHiddenWeights(std::int64_t begin, std::int64_t nodes, float* hidden) const {
  if (!stores_weights()) {
    DrawHiddenWeights(seed, HalfWidthsOf(parametrization, shape).hidden_weights, shape.inputs,
                      begin, nodes, row_length, hidden);
  } else if (stores_float_weights()) {
    std::copy_n(&hidden_weights[begin * row_length], nodes * row_length, hidden);
  } else {
    WidenBfloat16(&hidden_weights_bfloat16[begin * row_length], nodes * row_length, hidden);
  }
}

void Parameters::ReadOutputWeights(std::int64_t begin, std::int64_t nodes, float* output) const {
  if (!stores_weights()) {
    DrawOutputWeights(seed, HalfWidthsOf(parametrization, shape).output_weights, shape.outputs,
                      begin, nodes, output);
  } else if (stores_float_weights()) {
    std::copy_n(&output_weights[begin * shape.outputs], nodes * shape.outputs, output);
  } else {
    WidenBfloat16(&output_weights_bfloat16[begin * shape.outputs], nodes * shape.outputs, output);
  }
}

Parameters::RoundingKeys Parameters::KeysOfRounding(std::int64_t begin, std::int64_t step) const {
  const auto words = [&](random::Stream stream) {
    return random::Block(seed, stream, static_cast<std::uint64_t>(begin),
                         static_cast<std::uint32_t>(step));
  };
  const auto weights = words(random::Stream::kWeightRounding);
  return {{weights[0], weights[1]}, words(random::Stream::kMomentRounding)};
}

bias::HiddenBias Parameters::hidden_bias_policy() const {
  return {.entries = hidden_bias.data(),
          .hidden = shape.hidden,
          .group = strategy.group(),
          .constant = strategy.initial_value(),
          .seed = seed,
          .random_half_width = HalfWidthsOf(parametrization, shape).random_biases};
}

}  // namespace biasbench::kernel
