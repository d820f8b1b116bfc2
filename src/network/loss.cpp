#include "network/loss.h"

#include <algorithm>
#include <cmath>

namespace biasbench::network {
namespace {

// One sample's squared error, mean over outputs; gradient of (weight · error).
double SquaredError(std::span<const float> outputs, const float* targets, double weight,
                    float* gradient) {
  const auto count = static_cast<double>(outputs.size());
  double sum = 0;
  for (std::size_t o = 0; o < outputs.size(); ++o) {
    const double difference = static_cast<double>(outputs[o]) - static_cast<double>(targets[o]);
    sum += difference * difference;
    if (gradient != nullptr) gradient[o] = static_cast<float>(2 * difference * weight / count);
  }
  return sum / count;
}

// One sample's −log softmax(outputs)[label].
double CrossEntropy(std::span<const float> outputs, std::int32_t label, double weight,
                    float* gradient) {
  const double largest = *std::ranges::max_element(outputs);
  double sum = 0;
  for (const float f : outputs) sum += std::exp(static_cast<double>(f) - largest);
  if (gradient != nullptr) {
    for (std::size_t o = 0; o < outputs.size(); ++o) {
      const double probability = std::exp(static_cast<double>(outputs[o]) - largest) / sum;
      const double target = o == static_cast<std::size_t>(label) ? 1 : 0;
      gradient[o] = static_cast<float>((probability - target) * weight);
    }
  }
  // Subtracting in this order keeps large terms away from the logarithm.
  return std::log(sum) - (static_cast<double>(outputs[static_cast<std::size_t>(label)]) - largest);
}

}  // namespace

LossSum ComputeLoss(const data::Dataset& dataset, std::span<const std::int32_t> order,
                    const float* outputs, float* gradient) {
  LossSum total;
  const double weight = 1.0 / static_cast<double>(order.size());
  const auto count = static_cast<std::size_t>(dataset.outputs);
  for (std::size_t i = 0; i < order.size(); ++i) {
    const std::span<const float> f(outputs + i * count, count);
    float* df = gradient == nullptr ? nullptr : gradient + i * count;
    if (dataset.is_classification()) {
      const std::int32_t label = dataset.labels[order[i]];
      total.loss += CrossEntropy(f, label, weight, df);
      total.correct += std::ranges::max_element(f) - f.begin() == label ? 1 : 0;
    } else {
      total.loss += SquaredError(f, &dataset.targets[order[i] * dataset.outputs], weight, df);
    }
  }
  return total;
}

}  // namespace biasbench::network
