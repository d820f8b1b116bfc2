#include "network/footprint.h"

#include <gtest/gtest.h>

#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

#include "data/task.h"
#include "memory/tracked_buffer.h"
#include "network/network.h"

namespace biasbench::network {
namespace {

using memory::Category;
using schedule::Optimizer;
using schedule::ScheduleKind;

schedule::Configuration Configure(
    const std::string& strategy, ScheduleKind schedule, Optimizer optimizer,
    const schedule::Shape& shape, int threads = 2, schedule::Formats formats = {},
    kernel::ActivationKind activation = kernel::ActivationKind::kRelu) {
  return {.shape = shape,
          .strategy = bias::ParseSelection(strategy),
          .schedule = schedule,
          .optimizer = optimizer,
          .formats = formats,
          .activation = activation,
          .seed = 1,
          .threads = threads};
}

// Takes two steps and returns what the ledger saw.
memory::Ledger Track(const schedule::Configuration& configuration) {
  memory::Ledger ledger;
  memory::Ledger result;
  const auto& shape = configuration.shape;
  const data::Task task = data::NoiseTask(shape.inputs, shape.outputs, shape.batch, 1, ledger);
  std::vector<std::int32_t> order(static_cast<std::size_t>(shape.batch));
  std::iota(order.begin(), order.end(), 0);
  Network network(configuration, ledger);
  for (std::int64_t step = 1; step <= 2; ++step) {
    network.Step(task.train, order, schedule::StepSettings(step, 0.1));
  }
  result = ledger;
  return result;
}

void ExpectPredictedIsTracked(const schedule::Configuration& configuration) {
  const memory::Ledger ledger = Track(configuration);
  const schedule::Footprint predicted = PredictFootprint(configuration);
  memory::CategoryBytes tracked = ledger.at_peak();
  tracked[Category::kDataset] = 0;
  for (std::size_t i = 0; i < memory::kCategoryCount; ++i) {
    const auto category = static_cast<Category>(i);
    EXPECT_EQ(predicted.at_peak[category], tracked[category])
        << memory::kCategoryNames[i] << " of " << configuration.strategy.Name() << " "
        << Describe(configuration.schedule).name << " " << Describe(configuration.optimizer).name
        << " hidden " << configuration.shape.hidden;
  }
  EXPECT_EQ(predicted.peak_bytes(), ledger.peak_bytes());
  EXPECT_EQ(predicted.peak_phase, ledger.peak_phase())
      << configuration.strategy.Name() << " " << Describe(configuration.schedule).name << " "
      << Describe(configuration.optimizer).name;
}

TEST(Footprint, PredictedIsTrackedToTheByte) {
  const schedule::Shape shapes[] = {
      {5, 3000, 3, 17}, {2, 3000, 1, 9}, {1, 1, 1, 1}, {64, 777, 10, 2}};
  for (const bias::Selection& selection : bias::AllSelections()) {
    for (const ScheduleKind kind : schedule::kScheduleKinds) {
      for (std::size_t i = 0; i < schedule::kOptimizers.size(); ++i) {
        const auto optimizer = static_cast<Optimizer>(i);
        for (const schedule::Shape& shape : shapes) {
          for (const schedule::Formats& formats : schedule::AllFormats()) {
            const schedule::Configuration configuration =
                Configure(selection.Name(), kind, optimizer, shape, 2, formats);
            if (configuration.Exists()) ExpectPredictedIsTracked(configuration);
          }
        }
      }
    }
  }
}

TEST(Footprint, ThreadsAndHugePages) {
  for (const ScheduleKind kind : schedule::kScheduleKinds) {
    for (const int threads : {1, 3}) {
      ExpectPredictedIsTracked(
          Configure("bias_only_hashed", kind, Optimizer::kAdam, {9, 700, 4, 8}, threads));
    }
    // Weights above the size from which buffers are made of huge pages.
    ExpectPredictedIsTracked(Configure("learned", kind, Optimizer::kSgd, {90, 100'000, 2, 1}));
  }
}

// Above 2^20 nodes threads take several chunks at a time and hold their partial sums.
TEST(Footprint, ManyThreadsAndUnitsOfSeveralChunks) {
  for (const ScheduleKind kind : schedule::kScheduleKinds) {
    for (const char* strategy : {"learned", "shared"}) {
      ExpectPredictedIsTracked(
          Configure(strategy, kind, Optimizer::kSgd, {1, 1'048'577, 3, 5}, 64));
      ExpectPredictedIsTracked(Configure(strategy, kind, Optimizer::kSgd, {1, 5'000'000, 1, 2}, 2));
      ExpectPredictedIsTracked(Configure(strategy, kind, Optimizer::kSgd, {3, 2000, 2, 4}, 64));
    }
  }
}

// tanh keeps activations whole where ReLU keeps a bit of each.
TEST(Footprint, TanhNeedsWholeActivationsWhereNoWeightIsTrained) {
  for (const schedule::Shape& shape :
       {schedule::Shape{5, 3000, 3, 17}, schedule::Shape{2, 3000, 1, 9}}) {
    const std::int64_t count = shape.hidden * shape.batch;
    for (const char* strategy : {"learned", "bias_only", "bias_only_hashed"}) {
      for (const ScheduleKind kind : schedule::kScheduleKinds) {
        const auto configure = [&](kernel::ActivationKind activation) {
          return Configure(strategy, kind, Optimizer::kMomentum, shape, 2, {}, activation);
        };
        const schedule::Configuration tanh = configure(kernel::ActivationKind::kTanh);
        if (!tanh.Exists()) continue;
        ExpectPredictedIsTracked(tanh);
        const bool keeps_any = Describe(kind).stores_activations;
        EXPECT_EQ(PredictFootprint(tanh).at_peak[Category::kActivations],
                  keeps_any ? 4 * count : 0);
        const bool keeps_mask =
            keeps_any && kind != ScheduleKind::kTextbook && tanh.strategy.Name() != "learned";
        EXPECT_EQ(PredictFootprint(configure(kernel::ActivationKind::kRelu))
                      .at_peak[Category::kActivations],
                  keeps_mask  ? (count + 7) / 8
                  : keeps_any ? 4 * count
                              : 0);
      }
    }
  }
}

// The question's own figure, at a million hidden nodes: what fixing the biases saves.
TEST(Footprint, WhatAFixedBiasSavesAtAMillionNodes) {
  const schedule::Shape shape{784, 1'000'000, 10, 64};
  const auto saved = [&](ScheduleKind kind, Optimizer optimizer) {
    const auto learned = PredictFootprint(Configure("learned", kind, optimizer, shape));
    const auto fixed = PredictFootprint(Configure("fixed=1", kind, optimizer, shape));
    EXPECT_EQ(fixed.at_peak.BiasBytes(), 0);
    EXPECT_EQ(fixed.at_peak[Category::kHiddenWeights], learned.at_peak[Category::kHiddenWeights]);
    return learned.at_peak.BiasBytes();
  };
  // A copy of the hidden layer's biases, and of the ten outputs'.
  constexpr std::int64_t kHidden = 4'000'000;
  constexpr std::int64_t kOutput = 40;
  EXPECT_EQ(saved(ScheduleKind::kInPlace, Optimizer::kSgd), kHidden + kOutput);
  EXPECT_EQ(saved(ScheduleKind::kTextbook, Optimizer::kSgd), 2 * (kHidden + kOutput));
  EXPECT_EQ(saved(ScheduleKind::kTextbook, Optimizer::kAdam), 4 * (kHidden + kOutput));
}

TEST(Footprint, RecomputeStoresLittleButTheParameters) {
  const schedule::Shape shape{784, 1'000'000, 10, 64};
  const double parameters = 4.0 * 1e6 * (784 + 10 + 1);
  const auto peak = [&](ScheduleKind kind) {
    return static_cast<double>(
        PredictFootprint(Configure("learned", kind, Optimizer::kSgd, shape)).peak_bytes());
  };
  EXPECT_LE(peak(ScheduleKind::kRecompute), 1.02 * parameters);
  EXPECT_GE(peak(ScheduleKind::kTextbook), 2 * parameters);
}

TEST(Footprint, Bfloat16WeightsHalveTheWhole) {
  const schedule::Shape shape{784, 1'000'000, 10, 64};
  const auto peak = [&](kernel::NumberFormat weights) {
    return static_cast<double>(
        PredictFootprint(Configure("learned", ScheduleKind::kStreamingRecompute, Optimizer::kSgd,
                                   shape, 2, {.weights = weights}))
            .peak_bytes());
  };
  EXPECT_LE(peak(kernel::NumberFormat::kBfloat16), 0.52 * peak(kernel::NumberFormat::kFloat32));
}

TEST(Footprint, TooLargeShapesAreRefused) {
  for (const ScheduleKind kind : schedule::kScheduleKinds) {
    EXPECT_THROW(
        PredictFootprint(Configure("learned", kind, Optimizer::kAdam,
                                   {std::int64_t{1} << 40, std::int64_t{1} << 40, 10, 64})),
        std::overflow_error);
    EXPECT_THROW(PredictFootprint(Configure("learned", kind, Optimizer::kAdam,
                                            {1 << 20, std::int64_t{1} << 40, 1 << 20, 1 << 20})),
                 std::overflow_error);
  }
}

}  // namespace
}  // namespace biasbench::network
