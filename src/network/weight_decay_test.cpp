// One step with decoupled weight decay, under every schedule, against (1 − η λ) θ − η m gradient in
// double precision.
#include <gtest/gtest.h>

#include <numeric>
#include <string>
#include <vector>

#include "data/task.h"
#include "network/network.h"
#include "reference/gradient_check.h"
#include "reference/reference.h"

namespace biasbench::network {
namespace {

using reference::CrossEntropyInDouble;
using reference::GradientGroup;
using reference::kGradientGroups;
using reference::LossInDouble;
using reference::ToReference;
using reference::Values;

constexpr double kRate = 0.25;
constexpr double kDecay = 0.5;
constexpr std::int32_t kSamples = 8;
constexpr std::int64_t kClasses = 3;

struct Step {
  reference::ReferenceNetwork before;
  reference::ReferenceNetwork after;
  reference::ReferenceGradients gradients;
};

Step TakeStep(const std::string& strategy, schedule::ScheduleKind schedule, bool decays_biases) {
  memory::Ledger ledger;
  const data::Task task = data::NoiseTask(7, kClasses, kSamples, 5, ledger);
  Network network({.shape = {.inputs = task.train.inputs,
                             .hidden = 130,
                             .outputs = task.train.outputs,
                             .batch = kSamples},
                   .strategy = bias::ParseSelection(strategy),
                   .schedule = schedule,
                   .seed = 3},
                  ledger);
  std::vector<std::int32_t> order(kSamples);
  std::iota(order.begin(), order.end(), 0);
  std::vector<float> rows(static_cast<std::size_t>(kSamples * task.train.inputs));
  task.train.CopyInputs(order, rows.data(), task.train.inputs);
  const Values x(rows.begin(), rows.end());
  Step step;
  step.before = ToReference(network.parameters());
  const auto labels = task.train.labels.span().first(kSamples);
  const LossInDouble loss = CrossEntropyInDouble({labels.begin(), labels.end()}, kClasses);
  step.gradients =
      ReferenceBackward(step.before, x, loss.gradient(ReferenceOutputs(step.before, x)));
  schedule::StepSettings settings(1, kRate);
  settings.weight_decay = kDecay;
  settings.decays_biases = decays_biases;
  // One that takes blocks would else be in the middle of one.
  const bool goes_on = !network.configuration().takes_blocks();
  network.Step(task.train, order, settings, goes_on ? order : std::vector<std::int32_t>{});
  step.after = ToReference(network.parameters());
  return step;
}

void ExpectDecay(const Step& step, const GradientGroup& group, double decay) {
  const Values& before = step.before.*group.values;
  for (std::size_t i = 0; i < before.size(); ++i) {
    const double expected =
        before[i] * (1 - kRate * decay) - kRate * (step.gradients.*group.gradients)[i];
    ASSERT_NEAR((step.after.*group.values)[i], expected, 1e-5) << group.name << i;
  }
}

TEST(WeightDecay, IsTheReferencesUnderEverySchedule) {
  for (const schedule::ScheduleKind kind : schedule::kScheduleKinds) {
    for (const std::string strategy : {"learned_from_random", "learned_from_one", "bias_unit"}) {
      for (const bool decays_biases : {false, true}) {
        SCOPED_TRACE(strategy + " " + std::string(schedule::Describe(kind).name));
        const Step step = TakeStep(strategy, kind, decays_biases);
        for (const GradientGroup& group : kGradientGroups) {
          ExpectDecay(step, group, group.is_bias && !decays_biases ? 0 : kDecay);
        }
      }
    }
  }
}

// Parameters that are not trained do not decay.
TEST(WeightDecay, LeavesFrozenParametersAlone) {
  const Step frozen = TakeStep("frozen_random", schedule::ScheduleKind::kRecompute, true);
  EXPECT_EQ(frozen.before.hidden_bias, frozen.after.hidden_bias);
  EXPECT_NE(frozen.before.hidden_weights, frozen.after.hidden_weights);
  const Step bias_only = TakeStep("bias_only", schedule::ScheduleKind::kInPlace, true);
  EXPECT_EQ(bias_only.before.hidden_weights, bias_only.after.hidden_weights);
  EXPECT_NE(bias_only.before.hidden_bias, bias_only.after.hidden_bias);
}

}  // namespace
}  // namespace biasbench::network
