// Storing, drawing again and freezing give the same network.
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <vector>

#include "schedule/hidden_biases.h"
#include "schedule/trained_network.h"

namespace biasbench::schedule {
namespace {

TEST(Schedules, FrozenBiasesKeepEveryBitAndOwnNoGradientOrState) {
  using memory::Category;
  for (const bias::Selection& selection : bias::AllSelections()) {
    if (selection.trains_bias()) continue;
    for (const ScheduleKind kind : kScheduleKinds) {
      Trained run({3, 300, 2, 4}, selection.Name(), kind, RichestOptimizer(kind), 2);
      const auto hidden_bias = Bytes(run.parameters.hidden_bias);
      const auto output_bias = Bytes(run.parameters.output_bias);
      const auto weights = Bytes(run.parameters.hidden_weights);
      for (std::int64_t step = 1; step <= 3; ++step) run.Step(step, 4, 0.1);
      EXPECT_EQ(Bytes(run.parameters.hidden_bias), hidden_bias) << selection.Name();
      EXPECT_EQ(Bytes(run.parameters.output_bias), output_bias) << selection.Name();
      EXPECT_NE(Bytes(run.parameters.hidden_weights), weights) << selection.Name();
      EXPECT_EQ(run.ledger.at_peak()[Category::kBiasGradient], 0) << selection.Name();
      EXPECT_EQ(run.ledger.at_peak()[Category::kBiasOptimizerState], 0) << selection.Name();
    }
  }
}

// The pairs that store less must not differ by a bit from those that store more.
TEST(Schedules, DrawnAgainEqualsStored) {
  for (const ScheduleKind kind : kScheduleKinds) {
    for (const std::int64_t outputs : {1, 3}) {
      const Shape shape{3, 700, outputs, 6};
      Trained stored_bias(shape, "frozen_random", kind, Optimizer::kSgd, 2);
      Trained drawn_bias(shape, "hashed_random", kind, Optimizer::kSgd, 3);
      Trained stored_weights(shape, "bias_only", kind, RichestOptimizer(kind), 2);
      Trained drawn_weights(shape, "bias_only_hashed", kind, RichestOptimizer(kind), 3);
      for (std::int64_t step = 1; step <= 4; ++step) {
        EXPECT_EQ(stored_bias.Step(step, 6, 0.1), drawn_bias.Step(step, 6, 0.1));
        EXPECT_EQ(stored_weights.Step(step, 6, 0.1), drawn_weights.Step(step, 6, 0.1));
      }
      EXPECT_EQ(Bytes(stored_bias.parameters.hidden_weights),
                Bytes(drawn_bias.parameters.hidden_weights));
      EXPECT_EQ(Bytes(stored_weights.parameters.hidden_bias),
                Bytes(drawn_weights.parameters.hidden_bias));
      EXPECT_TRUE(drawn_weights.parameters.hidden_weights.empty());
      EXPECT_EQ(drawn_weights.ledger.at_peak()[memory::Category::kHiddenWeights], 0);
    }
  }
}

TEST(Schedules, ABiasUnitIsABias) {
  for (const ScheduleKind kind : kScheduleKinds) {
    for (const std::int64_t outputs : {1, 3}) {
      const Shape shape{3, 400, outputs, 8};
      Trained learned(shape, "learned", kind, Optimizer::kSgd, 2);
      Trained unit(shape, "bias_unit", kind, Optimizer::kSgd, 2);
      for (std::int64_t step = 1; step <= 10; ++step) {
        const std::vector<float> a = learned.Step(step, 8, 0.1);
        const std::vector<float> b = unit.Step(step, 8, 0.1);
        for (std::size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], 1e-4) << step;
      }
    }
  }
}

// Steps far below bfloat16's last place must add up, not get lost, and be rounded alike whatever
// run of nodes they are taken on.
TEST(HiddenBiases, InBfloat16AccumulateSmallSteps) {
  constexpr std::int64_t kHidden = 1000;
  constexpr int kSteps = 400;
  const Configuration configuration{.shape = {1, kHidden, 1, 1},
                                    .strategy = bias::ParseSelection("bfloat16_bias")};
  memory::Ledger ledger;
  const Parameters whole(ledger, configuration);
  const Parameters parts(ledger, configuration);
  const TrainingState state(ledger, configuration);
  const std::vector<float> gradient(kHidden, -0.0005F);
  for (int number = 1; number <= kSteps; ++number) {
    const StepSettings settings(number, 1);
    HiddenBiases(whole).Step({0, kHidden}, gradient.data(), state, settings);
    for (std::int64_t begin = 0; begin < kHidden; begin += 64) {
      HiddenBiases(parts).Step({begin, std::min<std::int64_t>(64, kHidden - begin)},
                               gradient.data(), state, settings);
    }
  }
  EXPECT_EQ(Bytes(whole.hidden_bias), Bytes(parts.hidden_bias));
  std::vector<float> scratch(kHidden);
  const float* biases = HiddenBiases(whole).Values({0, kHidden}, scratch.data());
  const double mean = std::accumulate(biases, biases + kHidden, 0.0) / kHidden;
  EXPECT_NEAR(mean, 0.2, 0.005);  // 400 · 0.0005; the standard error is below 0.001
}

TEST(Schedules, FreezingFreesWhatBiasesNeededForTraining) {
  using memory::Category;
  for (const ScheduleKind kind : kScheduleKinds) {
    if (RichestOptimizer(kind) != Optimizer::kAdam) continue;  // plain steps need nothing
    for (const char* strategy : {"warmup_then_frozen", "shared"}) {
      Trained run({3, 5000, 2, 4}, strategy, kind, RichestOptimizer(kind), 2);
      run.Step(1, 4, 0.1);
      EXPECT_GT(run.ledger.current()[Category::kBiasOptimizerState], 0);
      run.schedule->FreezeBiases();
      EXPECT_EQ(run.ledger.current()[Category::kBiasOptimizerState], 0);
      EXPECT_EQ(run.ledger.current()[Category::kBiasGradient], 0);
      const auto biases = Bytes(run.parameters.hidden_bias);
      const NoiseBatch batch(run.parameters, 4, 2);
      std::vector<float> outputs(8);
      StepSettings settings(2, 0.1);
      settings.updates_biases = false;
      run.schedule->Forward(batch.view(), outputs.data());
      run.schedule->Update(batch.view(), batch.delta.data(), settings);
      EXPECT_EQ(Bytes(run.parameters.hidden_bias), biases);
    }
  }
}

}  // namespace
}  // namespace biasbench::schedule
