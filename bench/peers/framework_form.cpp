#include "bench/peers/framework_form.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "schedule/parameters.h"

namespace biasbench::bench::peers {
namespace {

constexpr std::int64_t kBlockNodes = 256;

float Scale(const PeerSetting& setting) {
  return static_cast<float>(1 / std::sqrt(static_cast<double>(setting.shape.hidden)));
}

schedule::HalfWidths MeanField(const schedule::Shape& shape) {
  return schedule::HalfWidthsOf(schedule::Parametrization::kMeanField, shape);
}

}  // namespace

void DrawFrameworkHiddenWeights(const PeerSetting& setting, std::int64_t row_length,
                                float* weights) {
  const schedule::Shape& shape = setting.shape;
  const float scale = Scale(setting);
  const float half_width = MeanField(shape).hidden_weights;
#pragma omp parallel for
  for (std::int64_t begin = 0; begin < shape.hidden; begin += kBlockNodes) {
    const std::int64_t nodes = std::min(kBlockNodes, shape.hidden - begin);
    float* rows = weights + begin * row_length;
    std::fill_n(rows, nodes * row_length, 0.0F);
    schedule::DrawHiddenWeights(setting.seed, half_width, shape.inputs, begin, nodes, row_length,
                                rows);
    for (std::int64_t i = 0; i < nodes * row_length; ++i) rows[i] *= scale;
  }
}

void DrawFrameworkOutputWeights(const PeerSetting& setting, std::int64_t row_length,
                                float* weights) {
  const schedule::Shape& shape = setting.shape;
  const float scale = Scale(setting);
  const float half_width = MeanField(shape).output_weights;
  for (std::int64_t o = 0; o < shape.outputs; ++o) {
    std::fill(weights + o * row_length + shape.hidden, weights + (o + 1) * row_length, 0.0F);
  }
#pragma omp parallel for
  for (std::int64_t begin = 0; begin < shape.hidden; begin += kBlockNodes) {
    const std::int64_t nodes = std::min(kBlockNodes, shape.hidden - begin);
    std::vector<float> drawn(static_cast<std::size_t>(nodes * shape.outputs));
    schedule::DrawOutputWeights(setting.seed, half_width, shape.outputs, begin, nodes,
                                drawn.data());
    for (std::int64_t i = 0; i < nodes; ++i) {
      for (std::int64_t o = 0; o < shape.outputs; ++o) {
        weights[o * row_length + begin + i] =
            scale * drawn[static_cast<std::size_t>(i * shape.outputs + o)];
      }
    }
  }
}

}  // namespace biasbench::bench::peers
