#include "bench/program/roofline_fractions.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "machine/caches.h"
#include "network/footprint.h"

namespace biasbench::bench {
namespace {

StepCost Cost(const char* strategy, schedule::ScheduleKind schedule,
              schedule::Optimizer optimizer = schedule::Optimizer::kSgd) {
  schedule::Configuration configuration;
  configuration.shape = {.inputs = 100, .hidden = 1000, .outputs = 10, .batch = 8};
  configuration.strategy = bias::ParseSelection(strategy);
  configuration.schedule = schedule;
  configuration.optimizer = optimizer;
  return CostOfStep(configuration, 0, 0);
}

// Bytes of W, A, one array of batch × hidden, and both biases.
constexpr double kW = 4 * 100 * 1000;
constexpr double kA = 4 * 10 * 1000;
constexpr double kBh = 4 * 8 * 1000;
constexpr double kBias = 4 * 1000 + 4 * 10;

using enum schedule::ScheduleKind;

TEST(CostOfStep, CountsCompulsoryBytesOfStoredParametersOnly) {
  EXPECT_EQ(Cost("none", kTextbook).compulsory_bytes.all(), 2 * (kW + kA));
  EXPECT_EQ(Cost("learned", kRecompute).compulsory_bytes.all(), 2 * (kW + kA + kBias));
  EXPECT_EQ(Cost("frozen_random", kRecompute).compulsory_bytes.all(), 2 * (kW + kA) + kBias);
  EXPECT_EQ(Cost("bias_only", kRecompute).compulsory_bytes.all(), kW + kA + 2 * kBias);
  EXPECT_EQ(Cost("bias_only_hashed", kRecompute).compulsory_bytes.all(), 2 * kBias);
}

TEST(CostOfStep, CountsTheSchedulesOwnBytes) {
  EXPECT_EQ(Cost("none", kTextbook).schedule_bytes.all(), 5 * kW + 6 * kA + 10 * kBh);
  EXPECT_EQ(Cost("none", kInPlace).schedule_bytes.all(), 3 * (kW + kA) + 2 * kBh);
  EXPECT_EQ(Cost("none", kRecompute).schedule_bytes.all(), 3 * (kW + kA));
  EXPECT_EQ(Cost("none", kStreaming).schedule_bytes.all(), 2 * (kW + kA) + 2 * kBh);
  EXPECT_EQ(Cost("none", kStreamingRecompute).schedule_bytes.all(), 2 * (kW + kA));
}

TEST(CostOfStep, RowsThatStayAsTheyAreNeedNoWriting) {
  schedule::Configuration configuration;
  configuration.shape = {.inputs = 100, .hidden = 1000, .outputs = 10, .batch = 1};
  configuration.strategy = bias::ParseSelection("none");
  configuration.schedule = kStreamingRecompute;
  const StepCost cost = CostOfStep(configuration, 0, 250);
  EXPECT_EQ(cost.compulsory_bytes.all(), 2 * (kW + kA) - kW / 4);
  EXPECT_EQ(cost.schedule_bytes.all(), 2 * (kW + kA) - kW / 4);
}

TEST(CostOfStep, TellsReadsFromWrites) {
  EXPECT_EQ(Cost("none", kTextbook).schedule_bytes.written, 2 * (kW + kA) + 4 * kBh);
  EXPECT_EQ(Cost("none", kInPlace).schedule_bytes.written, kW + kA + kBh);
  EXPECT_EQ(Cost("bias_only", kRecompute).schedule_bytes.written, kBias);
  EXPECT_EQ(Cost("none", kStreaming).schedule_bytes.read,
            Cost("none", kStreaming).schedule_bytes.written);
}

TEST(BusSeconds, AreThoseOfTheMix) {
  // Reads and writes each have a way of their own: what is left unwritten saves nothing.
  const machine::Peaks own_ways{.bytes_per_second = 100, .read_bytes_per_second = 50};
  EXPECT_DOUBLE_EQ(BusSeconds({50, 50}, own_ways), 1);
  EXPECT_DOUBLE_EQ(BusSeconds({50, 25}, own_ways), 1);
  EXPECT_DOUBLE_EQ(BusSeconds({50, 0}, own_ways), 1);
  // One way for both.
  const machine::Peaks one_way{.bytes_per_second = 100, .read_bytes_per_second = 100};
  EXPECT_DOUBLE_EQ(BusSeconds({50, 25}, one_way), 0.75);
  // In between, whichever is shorter: 40 at once, or 50 read and written, then 25 read.
  const machine::Peaks between{.bytes_per_second = 100, .read_bytes_per_second = 80};
  EXPECT_DOUBLE_EQ(BusSeconds({50, 25}, between), 0.75);
  EXPECT_DOUBLE_EQ(BusSeconds({80, 8}, between), 1);
  // One way, on which turning round takes time.
  const machine::Peaks turning{.bytes_per_second = 80, .read_bytes_per_second = 100};
  EXPECT_DOUBLE_EQ(BusSeconds({100, 50}, turning), 1.75);
  EXPECT_DOUBLE_EQ(BusSeconds({50, 100}, turning), 1.875);
}

TEST(Fractions, AreOfTheProductsThatAStepMakes) {
  const machine::Peaks peaks{
      .flops_per_second = 10, .bfloat16_flops_per_second = 20, .bytes_per_second = 1e9};
  StepCost cost{.useful_flops = 100};
  EXPECT_DOUBLE_EQ(FractionsOf(cost, peaks, 20).peak_flops, 0.5);
  cost.multiplies_bfloat16 = true;
  EXPECT_DOUBLE_EQ(FractionsOf(cost, peaks, 20).peak_flops, 0.25);
}

TEST(CostOfStep, FrozenWeightsAreOnlyRead) {
  EXPECT_EQ(Cost("bias_only", kInPlace).schedule_bytes.all(), kW + 2 * kA + 2 * kBh + 3 * kBias);
  EXPECT_EQ(Cost("bias_only", kRecompute).schedule_bytes.all(), 2 * kW + 2 * kA + 3 * kBias);
  EXPECT_EQ(Cost("bias_only", kStreamingRecompute).schedule_bytes.all(), kW + kA + 2 * kBias);
}

TEST(CostOfStep, ASharedBiasForcesASecondPass) {
  EXPECT_EQ(Cost("shared", kStreamingRecompute).schedule_bytes.all(),
            Cost("shared", kRecompute).schedule_bytes.all());
}

TEST(CostOfStep, OptimizerStateIsReadAndWritten) {
  EXPECT_EQ(Cost("none", kRecompute, schedule::Optimizer::kAdam).schedule_bytes.all(),
            Cost("none", kRecompute).schedule_bytes.all() + 4 * (kW + kA));
}

TEST(CostOfStep, ANetworkStaysInCachesThatHoldItSeveralTimesSmaller) {
  schedule::Configuration configuration;
  configuration.shape = {.inputs = 100, .hidden = 1000, .outputs = 10, .batch = 8};
  configuration.strategy = bias::ParseSelection("none");
  const std::int64_t bytes = network::PredictFootprint(configuration).peak_bytes();
  EXPECT_TRUE(CostOfStep(configuration, bytes / machine::kBeyondCaches + 1, 0).stays_in_caches);
  EXPECT_FALSE(CostOfStep(configuration, bytes / machine::kBeyondCaches, 0).stays_in_caches);
}

constexpr StepCost kCost{
    .useful_flops = 100, .compulsory_bytes = {25, 25}, .schedule_bytes = {75, 75}};

TEST(Fractions, AreOfTheTighterLimitAndOfTheBus) {
  const Fractions arithmetic =
      FractionsOf(kCost, {.flops_per_second = 10, .bytes_per_second = 10}, 20);
  EXPECT_DOUBLE_EQ(arithmetic.roofline, 0.5);
  EXPECT_DOUBLE_EQ(arithmetic.peak_flops, 0.5);
  EXPECT_DOUBLE_EQ(arithmetic.bus.value(), 0.75);
  const Fractions bus = FractionsOf(kCost, {.flops_per_second = 1000, .bytes_per_second = 10}, 20);
  EXPECT_DOUBLE_EQ(bus.roofline, 0.25);
  EXPECT_DOUBLE_EQ(bus.peak_flops, 0.005);
}

TEST(Fractions, OfANetworkInCachesAreOfArithmeticAlone) {
  StepCost cost = kCost;
  cost.stays_in_caches = true;
  const Fractions fractions =
      FractionsOf(cost, {.flops_per_second = 1000, .bytes_per_second = 10}, 2);
  EXPECT_DOUBLE_EQ(fractions.roofline, 0.05);
  EXPECT_DOUBLE_EQ(fractions.peak_flops, 0.05);
  EXPECT_FALSE(fractions.bus.has_value());
}

// Steps and peaks as they are told: seconds, then bytes per second before, between and after.
class Turns {
 public:
  Turns(std::vector<double> seconds, std::vector<double> bandwidths)
      : seconds_(std::move(seconds)), bandwidths_(std::move(bandwidths)) {}

  TimedStep Run() {
    return TimeBetweenPeaks(
        kCost, Peaks(), [&] { return seconds_.at(steps_++); }, [&] { return Peaks(); });
  }
  std::size_t steps() const { return steps_; }

 private:
  machine::Peaks Peaks() {
    return {.flops_per_second = 1e6, .bytes_per_second = bandwidths_.at(measured_++)};
  }

  std::vector<double> seconds_;
  std::vector<double> bandwidths_;
  std::size_t steps_ = 0;
  std::size_t measured_ = 0;
};

TEST(TimeBetweenPeaks, TakesTheBestOfBothSides) {
  for (const auto& bandwidths : {std::vector<double>{10, 20}, {20, 10}}) {
    Turns turns({15}, bandwidths);
    const TimedStep step = turns.Run();
    EXPECT_EQ(step.seconds, 15);
    EXPECT_EQ(step.peaks.bytes_per_second, 20);
    EXPECT_DOUBLE_EQ(step.fractions.bus.value(), 0.5);
  }
}

TEST(TimeBetweenPeaks, MeasuresAgainWhatIsBeyondItsLimit) {
  Turns turns({7.5, 10}, {10, 15, 16});  // 1.33 of the limit, then 0.94
  const TimedStep step = turns.Run();
  EXPECT_EQ(turns.steps(), 2U);
  EXPECT_EQ(step.seconds, 10);
  EXPECT_EQ(step.peaks.bytes_per_second, 16);
}

TEST(TimeBetweenPeaks, GivesUpOnPeaksThatStayTooLow) {
  Turns turns(std::vector<double>(10, 7.5), std::vector<double>(11, 10));
  try {
    turns.Run();
    FAIL() << "accepted";
  } catch (const std::runtime_error& error) {
    EXPECT_EQ(error.what(),
              std::string("2.00 of the limit in the last of 4 turns: the yardstick is wrong"));
  }
  EXPECT_EQ(turns.steps(), 4U);
}

TEST(TimeBetweenPeaks, BearsWhatPeaksDifferBy) {
  Turns turns({14.4}, {10, 10});  // 1.042
  EXPECT_GT(turns.Run().fractions.bus.value(), 1);
}

}  // namespace
}  // namespace biasbench::bench
