#include "network/movement.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include "schedule/hidden_biases.h"
#include "schedule/rank_sums.h"
#include "schedule/tiling.h"

namespace biasbench::network {
namespace {

struct Squares {
  double initial_weights = 0;
  double weights = 0;
  double biases = 0;
};

double SquaredDistance(std::span<const float> values, std::span<const float> from) {
  double sum = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double difference = static_cast<double>(values[i]) - from[i];
    sum += difference * difference;
  }
  return sum;
}

void DrawInitialBiases(const schedule::Parameters& parameters, schedule::NodeRange nodes,
                       std::span<float> biases) {
  if (parameters.configuration.strategy->initial == bias::Initial::kRandom) {
    const bias::HiddenBias policy = parameters.hidden_bias_policy();
    random::FillUniform(parameters.configuration.seed, random::Stream::kHiddenBias,
                        static_cast<std::uint64_t>(nodes.begin + policy.first_node),
                        policy.random_half_width, biases);
  } else {
    std::ranges::fill(biases, parameters.configuration.strategy.initial_value());
  }
}

Squares WeightsOf(const schedule::Parameters& parameters, schedule::NodeRange nodes) {
  const std::int64_t inputs = parameters.configuration.shape.inputs;
  const float half_width = parameters.configuration.half_widths().hidden_weights;
  const auto length = static_cast<std::size_t>(parameters.configuration.row_length());
  const std::vector<float> zeros(length);
  std::vector<float> row(length);
  std::vector<float> initial(length);  // a bias unit's weight begins at zero
  const std::size_t weights = static_cast<std::size_t>(inputs);
  Squares squares;
  for (std::int64_t node = nodes.begin; node < nodes.begin + nodes.size; ++node) {
    parameters.ReadHiddenWeights(node, 1, row.data());
    schedule::DrawHiddenWeights(parameters.configuration.seed, half_width, inputs,
                                parameters.first_node() + node, 1,
                                parameters.configuration.row_length(), initial.data());
    squares.initial_weights += SquaredDistance(initial, zeros);
    squares.weights += SquaredDistance(std::span(row).first(weights), initial);
    squares.biases += SquaredDistance(std::span(row).subspan(weights), zeros);
  }
  return squares;
}

double SquaredBiases(const schedule::Parameters& parameters, schedule::NodeRange nodes) {
  const auto size = static_cast<std::size_t>(nodes.size);
  std::vector<float> scratch(size);
  const float* biases = schedule::HiddenBiases(parameters).Values(nodes, scratch.data());
  if (biases == nullptr) return 0;
  std::vector<float> initial(size);
  DrawInitialBiases(parameters, nodes, initial);
  return SquaredDistance({biases, size}, initial);
}

}  // namespace

Movement MeasureMovement(const schedule::Parameters& parameters, int threads) {
  const schedule::Tiling tiling = parameters.configuration.tiling();
  constexpr std::int64_t kSums = 3;
  std::vector<double> parts(static_cast<std::size_t>(tiling.chunks() * kSums));
  tiling.ForEachChunk(threads, [&](std::int64_t chunk, int /*thread*/) {
    const Squares part = WeightsOf(parameters, tiling.Chunk(chunk));
    const double biases = part.biases + SquaredBiases(parameters, tiling.Chunk(chunk));
    std::ranges::copy(std::array{part.initial_weights, part.weights, biases},
                      parts.begin() + chunk * kSums);
  });
  const std::vector<double> sums = schedule::TotalOfChunks(parameters, parts, kSums);
  const Squares all{.initial_weights = sums[0], .weights = sums[1], .biases = sums[2]};
  Movement movement{.hidden_weights = std::sqrt(all.weights / all.initial_weights),
                    .hidden_bias = std::nullopt};
  const bool has_biases = parameters.configuration.strategy->storage != bias::Storage::kNone ||
                          parameters.configuration.strategy->has_bias_unit;
  if (has_biases) {
    // Root mean squares: a node has one bias, and as many weights as inputs.
    const auto inputs = static_cast<double>(parameters.configuration.shape.inputs);
    movement.hidden_bias = std::sqrt(inputs * all.biases / all.initial_weights);
  }
  return movement;
}

}  // namespace biasbench::network
