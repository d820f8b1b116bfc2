#include "schedule/parameters.h"

#include <algorithm>
#include <span>
#include <type_traits>
#include <vector>

namespace biasbench::schedule {
namespace {

using memory::Category;

void DrawWeights(Parameters& parameters) {
  const Configuration& configuration = parameters.configuration;
  const std::int64_t inputs = configuration.shape.inputs;
  const std::int64_t outputs = configuration.shape.outputs;
  const std::int64_t row_length = configuration.row_length();
  const HalfWidths half_widths = configuration.half_widths();
  const Tiling tiling = configuration.tiling();
  const auto draw = [&](NodeRange nodes, float* hidden, float* output) {
    const std::int64_t first = tiling.first_node() + nodes.begin;
    DrawHiddenWeights(configuration.seed, half_widths.hidden_weights, inputs, first, nodes.size,
                      row_length, hidden);
    DrawOutputWeights(configuration.seed, half_widths.output_weights, outputs, first, nodes.size,
                      output);
  };
  tiling.ForEachChunk(configuration.threads, [&](std::int64_t chunk, int /*thread*/) {
    const NodeRange nodes = tiling.Chunk(chunk);
    if (configuration.stores_float_weights()) {
      draw(nodes, parameters.hidden_weights.floats(nodes.begin * row_length),
           parameters.output_weights.floats(nodes.begin * outputs));
      return;
    }
    std::vector<float> hidden(static_cast<std::size_t>(row_length));
    std::vector<float> output(static_cast<std::size_t>(outputs));
    for (std::int64_t node = nodes.begin; node < nodes.begin + nodes.size; ++node) {
      draw({node, 1}, hidden.data(), output.data());
      const auto keys = parameters.KeysOfRounding(node, 0).weights;
      parameters.hidden_weights.Write(hidden.data(), row_length, node * row_length, keys[0]);
      parameters.output_weights.Write(output.data(), outputs, node * outputs, keys[1]);
    }
  });
}

// Only biases stored as floats start from anything but zero.
void DrawHiddenBias(const Parameters& parameters) {
  const bias::Selection& strategy = parameters.configuration.strategy;
  bias::VisitStorage(strategy->storage, [&]<class Policy>() {
    if constexpr (Policy::kIsStored && std::is_same_v<typename Policy::Entry, float>) {
      const std::span<float> values(
          reinterpret_cast<float*>(parameters.hidden_bias.data()),
          static_cast<std::size_t>(parameters.configuration.bias_entries()));
      if (strategy->initial == bias::Initial::kRandom) {
        const bias::HiddenBias policy = parameters.hidden_bias_policy();
        const std::int64_t first = Policy(policy).FirstEntry(policy.first_node);
        random::FillUniform(policy.seed, random::Stream::kHiddenBias,
                            static_cast<std::uint64_t>(first), policy.random_half_width, values);
      } else {
        std::ranges::fill(values, strategy.initial_value());
      }
    }
  });
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

Parameters::Parameters(memory::Ledger& ledger, const Configuration& configuration_of_run,
                       ranks::Exchange* exchange_of_rank)
    : configuration(configuration_of_run),
      exchange(exchange_of_rank),
      first_node_(configuration.tiling().first_node()) {
  const Shape& shape = configuration.shape;
  const bias::Selection& strategy = configuration.strategy;
  if (configuration.stores_weights()) {
    const kernel::NumberFormat format = configuration.formats.weights;
    hidden_weights = {ledger, Category::kHiddenWeights, format,
                      configuration.own_hidden() * configuration.row_length()};
    output_weights = {ledger, Category::kOutputWeights, format,
                      configuration.own_hidden() * shape.outputs};
  }
  hidden_bias = {ledger, Category::kHiddenBias,
                 configuration.bias_entries() * strategy.entry_bytes()};
  output_bias = {ledger, Category::kOutputBias, strategy.stores_output_bias() ? shape.outputs : 0};
  if (configuration.stores_weights()) DrawWeights(*this);
  DrawHiddenBias(*this);
  std::ranges::fill(output_bias.span(), strategy.initial_output_bias());
}

void Parameters::AddBytes(const Configuration& configuration, MemorySum& sum) {
  const Shape& shape = configuration.shape;
  const bias::Selection& strategy = configuration.strategy;
  if (configuration.stores_weights()) {
    const std::int64_t weight_bytes = kernel::BytesPerValue(configuration.formats.weights);
    sum.Add(Category::kHiddenWeights,
            {weight_bytes, configuration.own_hidden(), configuration.row_length()});
    sum.Add(Category::kOutputWeights, {weight_bytes, configuration.own_hidden(), shape.outputs});
  }
  sum.Add(Category::kHiddenBias, {strategy.entry_bytes(), configuration.bias_entries()});
  if (strategy.stores_output_bias()) sum.Add(Category::kOutputBias, {kFloatBytes, shape.outputs});
}

void Parameters::ReadHiddenWeights(std::int64_t begin, std::int64_t nodes, float* hidden) const {
  const std::int64_t row_length = configuration.row_length();
  if (configuration.stores_weights()) {
    hidden_weights.Read(begin * row_length, nodes * row_length, hidden);
  } else {
    DrawHiddenWeights(configuration.seed, configuration.half_widths().hidden_weights,
                      configuration.shape.inputs, first_node_ + begin, nodes, row_length, hidden);
  }
}

void Parameters::ReadOutputWeights(std::int64_t begin, std::int64_t nodes, float* output) const {
  const std::int64_t outputs = configuration.shape.outputs;
  if (configuration.stores_weights()) {
    output_weights.Read(begin * outputs, nodes * outputs, output);
  } else {
    DrawOutputWeights(configuration.seed, configuration.half_widths().output_weights, outputs,
                      first_node_ + begin, nodes, output);
  }
}

Parameters::RoundingKeys Parameters::KeysOfRounding(std::int64_t begin, std::int64_t step) const {
  const auto words = [&](random::Stream stream) {
    return random::Block(configuration.seed, stream,
                         static_cast<std::uint64_t>(first_node_ + begin),
                         static_cast<std::uint32_t>(step));
  };
  const auto weights = words(random::Stream::kWeightRounding);
  return {{weights[0], weights[1]}, words(random::Stream::kMomentRounding)};
}

bias::HiddenBias Parameters::hidden_bias_policy() const {
  return {.entries = hidden_bias.data(),
          .all_hidden = configuration.shape.hidden,
          .first_node = first_node_,
          .group = configuration.strategy.group(),
          .constant = configuration.strategy.initial_value(),
          .seed = configuration.seed,
          .random_half_width = configuration.half_widths().random_biases};
}

}  // namespace biasbench::schedule
