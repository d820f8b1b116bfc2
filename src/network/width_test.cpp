// In the mean-field parametrization nothing that training does depends on the width (Tensor
// Programs V, arXiv 2203.03466: the coordinate check); in frameworks' default one it does.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include "data/task.h"
#include "network/movement.h"
#include "network/network.h"
#include "network/trainer.h"
#include "reference/reference.h"

namespace biasbench::network {
namespace {

using reference::ToReference;

using schedule::Parametrization;

Network MakeNetwork(std::int64_t hidden, std::int32_t batch, Parametrization parametrization,
                    memory::Ledger& ledger) {
  return Network({.shape = {2, hidden, 1, batch},
                  .strategy = bias::ParseSelection("learned_from_one"),
                  .parametrization = parametrization,
                  .seed = 1,
                  .threads = 2},
                 ledger);
}

template <class Values>
double RootMeanSquare(const Values& values) {
  double sum = 0;
  for (const double value : values) sum += value * value;
  return std::sqrt(sum / static_cast<double>(values.size()));
}

// Root mean squares after some steps. Activations are those of one sample; outputs are counted from
// the initial ones, which in the mean field shrink as 1 / √width.
struct Sizes {
  double activations = 0;
  double output_changes = 0;
  double weight_updates = 0;
  double bias_updates = 0;
  double output_weight_updates = 0;
};

// Few small steps: a million nodes take 1 s of them under AddressSanitizer, and the second already
// sees what the first one did.
Sizes SizesAfterSteps(std::int64_t hidden, Parametrization parametrization, double rate) {
  constexpr int kSteps = 3;
  constexpr std::int32_t kBatch = 8;
  memory::Ledger ledger;
  const data::Task task = data::LoadTask("harmonic3", ledger);
  Network network = MakeNetwork(hidden, kBatch, parametrization, ledger);
  const std::vector<double> initial = ToReference(network.parameters()).output_weights;
  std::vector<std::int32_t> order(kBatch);
  for (std::int32_t i = 0; i < kBatch; ++i) order[static_cast<std::size_t>(i)] = 64 * i;
  const auto outputs = [&] {
    const std::span<const float> view = network.Outputs(task.train, order);
    return std::vector<float>(view.begin(), view.end());
  };
  const std::vector<float> initial_outputs = outputs();
  for (int step = 1; step <= kSteps; ++step) {
    network.Step(task.train, order, schedule::StepSettings(step, rate));
  }
  const reference::ReferenceNetwork after = ToReference(network.parameters());
  std::vector<float> x(2);
  task.train.CopyInputs(std::span(order).first(1), x.data(), 2);
  std::vector<double> activations = ReferencePreActivations(after, {x[0], x[1]});
  for (double& activation : activations) activation = std::max(0.0, activation);
  std::vector<double> updates = after.output_weights;
  for (std::size_t i = 0; i < updates.size(); ++i) updates[i] -= initial[i];
  std::vector<float> output_changes = outputs();
  for (std::size_t i = 0; i < order.size(); ++i) output_changes[i] -= initial_outputs[i];
  const Movement movement = MeasureMovement(network.parameters(), 2);
  return {RootMeanSquare(activations), RootMeanSquare(output_changes), movement.hidden_weights,
          movement.hidden_bias.value(), RootMeanSquare(updates)};
}

constexpr double Sizes::*kSizes[] = {&Sizes::activations, &Sizes::output_changes,
                                     &Sizes::weight_updates, &Sizes::bias_updates,
                                     &Sizes::output_weight_updates};

TEST(CoordinateCheck, MeanFieldSizesAreFlatInTheWidth) {
  const Sizes narrow = SizesAfterSteps(1000, Parametrization::kMeanField, 0.1);
  for (const std::int64_t hidden : {10'000, 100'000, 1'000'000}) {
    const Sizes wide = SizesAfterSteps(hidden, Parametrization::kMeanField, 0.1);
    for (std::size_t i = 0; i < std::size(kSizes); ++i) {
      EXPECT_NEAR(wide.*kSizes[i] / (narrow.*kSizes[i]), 1, 0.15) << hidden << " size " << i;
    }
  }
}

// One rate for all: hidden parameters hardly move in a wide network, and yet its outputs do.
TEST(CoordinateCheck, StandardSizesAreNot) {
  const Sizes narrow = SizesAfterSteps(1000, Parametrization::kStandard, 1e-5);
  const Sizes wide = SizesAfterSteps(100'000, Parametrization::kStandard, 1e-5);
  EXPECT_LT(wide.weight_updates, 0.3 * narrow.weight_updates);
  EXPECT_LT(wide.bias_updates, 0.3 * narrow.bias_updates);
}

double FinalLoss(std::int64_t hidden, Parametrization parametrization, double rate) {
  memory::Ledger ledger;
  const data::Task task = data::LoadTask("harmonic3", ledger);
  Network network = MakeNetwork(hidden, /*batch=*/32, parametrization, ledger);
  const TrainingResult result =
      Train(network, task, {.epochs = 8, .learning_rate = rate}, [](const EpochRecord&) {});
  return result.diverged ? HUGE_VAL : result.train.loss;
}

double BestRate(std::int64_t hidden, Parametrization parametrization) {
  double best_rate = 0;
  double least = HUGE_VAL;
  for (int step = 0; step < 6; ++step) {
    const double rate = std::ldexp(0.0016, 2 * step);  // up to 1.6
    const double loss = FinalLoss(hidden, parametrization, rate);
    if (loss < least) best_rate = rate;
    least = std::min(least, loss);
  }
  return best_rate;
}

TEST(BestRate, IsTheSameAtEveryWidthOnlyInTheMeanField) {
  const double best = BestRate(200, Parametrization::kMeanField);
  EXPECT_GT(best, 0.01);
  for (const std::int64_t hidden : {800, 3200}) {
    EXPECT_EQ(BestRate(hidden, Parametrization::kMeanField), best) << hidden;
  }
  EXPECT_LT(BestRate(3200, Parametrization::kStandard), BestRate(200, Parametrization::kStandard));
}

}  // namespace
}  // namespace biasbench::network
