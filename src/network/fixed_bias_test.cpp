// A network whose biases are all 1 is a rescaled one with any positive biases:
// a ReLU(w·x + b) = (a b) ReLU((w / b)·x + 1) for b > 0. So fixing biases costs nothing where they
// would be positive, and what it takes away are thresholds of the other sign.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include "data/task.h"
#include "network/network.h"

namespace biasbench::network {
namespace {

using schedule::ScheduleKind;

constexpr std::int32_t kSamples = 20;
constexpr std::int64_t kHidden = 900;

std::span<float> BiasesOf(const Network& network) {
  return {reinterpret_cast<float*>(network.parameters().hidden_bias.data()), kHidden};
}

// Sets `fixed` to what `biased` becomes when each node's bias b is made 1.
void Rescale(const Network& biased, const Network& fixed) {
  const schedule::Parameters& from = biased.parameters();
  const schedule::Parameters& to = fixed.parameters();
  const std::int64_t inputs = from.configuration.shape.inputs;
  const std::int64_t outputs = from.configuration.shape.outputs;
  for (std::int64_t h = 0; h < kHidden; ++h) {
    const float b = BiasesOf(biased)[static_cast<std::size_t>(h)];
    for (std::int64_t d = h * inputs; d < (h + 1) * inputs; ++d) {
      to.hidden_weights.floats()[d] = from.hidden_weights.floats()[d] / b;
    }
    for (std::int64_t o = h * outputs; o < (h + 1) * outputs; ++o) {
      to.output_weights.floats()[o] = from.output_weights.floats()[o] * b;
    }
  }
}

struct Outputs {
  std::vector<float> biased;
  std::vector<float> fixed;
};

// `sign` is that of every bias of the first network.
Outputs OutputsOfBoth(ScheduleKind schedule, std::int64_t inputs, std::int64_t outputs,
                      float sign) {
  memory::Ledger ledger;
  const data::Task task = data::NoiseTask(inputs, outputs, kSamples, 5, ledger);
  const auto make = [&](const std::string& strategy) {
    return Network({.shape = {inputs, kHidden, outputs, kSamples},
                    .strategy = bias::ParseSelection(strategy),
                    .schedule = schedule,
                    .seed = 3},
                   ledger);
  };
  Network biased = make("learned_from_random");
  for (float& b : BiasesOf(biased)) b = sign * (std::abs(b) + 0.2F);
  std::ranges::fill(biased.parameters().output_bias.span(), 1.0F);  // as fixed=1 has it
  Network fixed = make("fixed=1");
  Rescale(biased, fixed);
  std::vector<std::int32_t> order(kSamples);
  std::iota(order.begin(), order.end(), 0);
  const auto copy = [](std::span<const float> values) {
    return std::vector<float>(values.begin(), values.end());
  };
  return {copy(biased.Outputs(task.train, order)), copy(fixed.Outputs(task.train, order))};
}

double LargestDifference(const Outputs& outputs) {
  double largest = 0;
  for (std::size_t i = 0; i < outputs.biased.size(); ++i) {
    largest = std::max<double>(largest, std::abs(outputs.biased[i] - outputs.fixed[i]));
  }
  return largest;
}

TEST(FixedBias, IsARescaledNetworkOfPositiveBiases) {
  for (const ScheduleKind schedule : {ScheduleKind::kTextbook, ScheduleKind::kRecompute}) {
    for (const std::int64_t inputs : {2, 7}) {
      const std::int64_t outputs = inputs == 2 ? 1 : 3;
      EXPECT_LT(LargestDifference(OutputsOfBoth(schedule, inputs, outputs, 1)), 3e-6);
    }
  }
}

TEST(FixedBias, CannotStandForNegativeOnes) {
  EXPECT_GT(LargestDifference(OutputsOfBoth(ScheduleKind::kRecompute, 7, 3, -1)), 0.01);
}

}  // namespace
}  // namespace biasbench::network
