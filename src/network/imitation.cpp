#include "network/imitation.h"

#include <cmath>
#include <cstdint>
#include <numeric>

#include "schedule/hidden_biases.h"
#include "schedule/rank_sums.h"
#include "schedule/tiling.h"

namespace biasbench::network {
namespace {

constexpr double kRounding = 1e-6;

// Adds the node's ratio and 1, unless it has neither weights nor a bias. row: its weights, then the
// bias unit's where there is one.
void Add(const std::vector<float>& row, double bias, const std::vector<double>& mean_inputs,
         double* ratios_and_nodes) {
  const double by_weights =
      std::abs(std::inner_product(mean_inputs.begin(), mean_inputs.end(), row.begin(), 0.0));
  const double by_bias = std::abs(row.size() > mean_inputs.size() ? bias + row.back() : bias);
  if (std::max(by_weights, by_bias) < kRounding) return;
  ratios_and_nodes[0] += by_weights / (by_weights + by_bias);
  ratios_and_nodes[1] += 1;
}

}  // namespace

std::vector<double> MeanInputs(const data::Dataset& dataset) {
  std::vector<double> means(static_cast<std::size_t>(dataset.inputs));
  std::vector<float> row(means.size());
  for (std::int32_t sample = 0; sample < dataset.samples; ++sample) {
    dataset.CopyInputs({&sample, 1}, row.data(), dataset.inputs);
    for (std::size_t d = 0; d < means.size(); ++d) {
      means[d] += static_cast<double>(row[d]) / static_cast<double>(dataset.samples);
    }
  }
  return means;
}

std::optional<double> ImitationRatio(const schedule::Parameters& parameters,
                                     const std::vector<double>& mean_inputs, int threads) {
  const schedule::Tiling tiling = parameters.configuration.tiling();
  std::vector<double> sums(static_cast<std::size_t>(tiling.chunks() * 2));
  const schedule::HiddenBiases hidden_biases(parameters);
  tiling.ForEachChunk(threads, [&](std::int64_t chunk, int /*thread*/) {
    const schedule::NodeRange nodes = tiling.Chunk(chunk);
    std::vector<float> scratch(static_cast<std::size_t>(nodes.size));
    std::vector<float> row(static_cast<std::size_t>(parameters.configuration.row_length()));
    const float* biases = hidden_biases.Values(nodes, scratch.data());
    for (std::int64_t i = 0; i < nodes.size; ++i) {
      parameters.ReadHiddenWeights(nodes.begin + i, 1, row.data());
      Add(row, biases == nullptr ? 0.0 : biases[i], mean_inputs, &sums[2 * chunk]);
    }
  });
  const std::vector<double> all = schedule::TotalOfChunks(parameters, sums, 2);
  if (all[1] == 0) return std::nullopt;
  return all[0] / all[1];
}

}  // namespace biasbench::network
