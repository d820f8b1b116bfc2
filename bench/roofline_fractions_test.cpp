#include "bench/roofline_fractions.h"

#include <gtest/gtest.h>

namespace biasbench::bench {
namespace {

StepCost Cost(const char* strategy, schedule::ScheduleKind schedule,
              schedule::Optimizer optimizer = schedule::Optimizer::kSgd) {
  schedule::Configuration configuration;
  configuration.shape = {.inputs = 100, .hidden = 1000, .outputs = 10, .batch = 8};
  configuration.strategy = bias::ParseSelection(strategy);
  configuration.schedule = schedule;
  configuration.optimizer = optimizer;
  return CostOfStep(configuration);
}

// Bytes of W, A, one array of batch × hidden, and both biases.
constexpr double kW = 4 * 100 * 1000;
constexpr double kA = 4 * 10 * 1000;
constexpr double kBh = 4 * 8 * 1000;
constexpr double kBias = 4 * 1000 + 4 * 10;

using enum schedule::ScheduleKind;

TEST(CostOfStep, CountsCompulsoryBytesOfStoredParametersOnly) {
  EXPECT_EQ(Cost("none", kTextbook).compulsory_bytes, 2 * (kW + kA));
  EXPECT_EQ(Cost("learned", kRecompute).compulsory_bytes, 2 * (kW + kA + kBias));
  EXPECT_EQ(Cost("frozen_random", kRecompute).compulsory_bytes, 2 * (kW + kA) + kBias);
  EXPECT_EQ(Cost("bias_only", kRecompute).compulsory_bytes, kW + kA + 2 * kBias);
  EXPECT_EQ(Cost("bias_only_hashed", kRecompute).compulsory_bytes, 2 * kBias);
}

TEST(CostOfStep, CountsTheSchedulesOwnBytes) {
  EXPECT_EQ(Cost("none", kTextbook).schedule_bytes, 5 * kW + 6 * kA + 10 * kBh);
  EXPECT_EQ(Cost("none", kInPlace).schedule_bytes, 3 * (kW + kA) + 2 * kBh);
  EXPECT_EQ(Cost("none", kRecompute).schedule_bytes, 3 * (kW + kA));
  EXPECT_EQ(Cost("none", kStreaming).schedule_bytes, 2 * (kW + kA) + 2 * kBh);
  EXPECT_EQ(Cost("none", kStreamingRecompute).schedule_bytes, 2 * (kW + kA));
}

TEST(CostOfStep, FrozenWeightsAreOnlyRead) {
  EXPECT_EQ(Cost("bias_only", kInPlace).schedule_bytes, kW + 2 * kA + 2 * kBh + 3 * kBias);
  EXPECT_EQ(Cost("bias_only", kRecompute).schedule_bytes, 2 * kW + 2 * kA + 3 * kBias);
  EXPECT_EQ(Cost("bias_only", kStreamingRecompute).schedule_bytes, kW + kA + 2 * kBias);
}

TEST(CostOfStep, ASharedBiasForcesASecondPass) {
  EXPECT_EQ(Cost("shared", kStreamingRecompute).schedule_bytes,
            Cost("shared", kRecompute).schedule_bytes);
}

TEST(CostOfStep, OptimizerStateIsReadAndWritten) {
  EXPECT_EQ(Cost("none", kRecompute, schedule::Optimizer::kAdam).schedule_bytes,
            Cost("none", kRecompute).schedule_bytes + 4 * (kW + kA));
}

TEST(Fractions, AreOfTheTighterLimitAndOfTheBus) {
  const StepCost cost{.useful_flops = 100, .compulsory_bytes = 50, .schedule_bytes = 150};
  EXPECT_DOUBLE_EQ(RooflineFraction(cost, {.flops_per_second = 10, .bytes_per_second = 10}, 20),
                   0.5);
  EXPECT_DOUBLE_EQ(RooflineFraction(cost, {.flops_per_second = 1000, .bytes_per_second = 10}, 20),
                   0.25);
  EXPECT_DOUBLE_EQ(BusFraction(cost, {.flops_per_second = 10, .bytes_per_second = 10}, 20), 0.75);
}

}  // namespace
}  // namespace biasbench::bench
