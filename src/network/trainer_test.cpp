#include "network/trainer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "data/task.h"

namespace biasbench::network {
namespace {

using schedule::Optimizer;
using schedule::ScheduleKind;

struct Trained {
  TrainingResult result;
  memory::CategoryBytes steady;
};

Trained TrainOn(const std::string& task_name, const std::string& strategy,
                const TrainingOptions& options, std::int64_t hidden = 1000, int threads = 2,
                ScheduleKind schedule = ScheduleKind::kRecompute,
                Optimizer optimizer = Optimizer::kSgd) {
  memory::Ledger ledger;
  const data::Task task = data::LoadTask(task_name, ledger);
  const bool is_small = task.train.inputs < 8;
  Network network({.shape = {task.train.inputs, hidden, task.train.outputs, is_small ? 32 : 64},
                   .strategy = bias::ParseSelection(strategy),
                   .schedule = schedule,
                   .optimizer = optimizer,
                   .seed = 1,
                   .threads = threads},
                  ledger);
  Trained trained;
  trained.result = Train(network, task, options, [](const EpochRecord&) {});
  trained.steady = ledger.current();
  return trained;
}

TrainingResult Harmonic(const std::string& strategy, TrainingOptions options = {}) {
  return TrainOn("harmonic3", strategy, options).result;
}

TEST(Harmonic3, LearnedConvergesAndNoneStaysAtItsFloor) {
  EXPECT_LT(Harmonic("learned").train.loss, 0.01);
  // Odd frequencies above one are out of reach without biases (Basri et al., 2019), and the points
  // are antipodal, so the floor is exact.
  const TrainingResult none = Harmonic("none");
  EXPECT_GE(none.train.loss, 0.4999);
  EXPECT_LE(none.train.loss, 0.52);
}

TEST(Harmonic3, FlippedSignDivergesAndTrainingStopsThere) {
  const TrainingResult flipped = Harmonic("sign_flipped");
  EXPECT_TRUE(flipped.diverged);
  EXPECT_LT(flipped.epochs.size(), 60U);
  TrainingOptions wrong_sign;
  wrong_sign.bias_sign = bias::BiasSign::kWrong;
  const TrainingResult same = Harmonic("learned", wrong_sign);
  ASSERT_EQ(same.epochs.size(), flipped.epochs.size());
  EXPECT_EQ(same.epochs.back().train_loss, flipped.epochs.back().train_loss);
}

TEST(Harmonic3, OnlyTheTurnedLayersBiasMovesTheOtherWay) {
  TrainingOptions hidden;
  hidden.bias_sign = bias::BiasSign::kWrongHidden;
  TrainingOptions output;
  output.bias_sign = bias::BiasSign::kWrongOutput;
  EXPECT_GT(Harmonic("learned", hidden).train.loss, 0.3);  // stalls
  EXPECT_LT(Harmonic("learned", output).train.loss, 0.1);  // converges: the layer below makes up
}

TEST(Harmonic3, BiasUnitFollowsLearnedEpochByEpoch) {
  const TrainingResult learned = Harmonic("learned");
  const TrainingResult unit = Harmonic("bias_unit");
  ASSERT_EQ(learned.epochs.size(), unit.epochs.size());
  for (std::size_t i = 0; i < learned.epochs.size(); ++i) {
    EXPECT_NEAR(learned.epochs[i].train_loss, unit.epochs[i].train_loss, 1e-4);
  }
}

TEST(Harmonic3, TheCurveDoesNotDependOnTheWidth) {
  TrainingOptions options;
  options.epochs = 20;
  const TrainingResult narrow = TrainOn("harmonic3", "learned", options, 2000).result;
  const TrainingResult wide = TrainOn("harmonic3", "learned", options, 16000).result;
  for (std::size_t i = 0; i < narrow.epochs.size(); ++i) {
    EXPECT_NEAR(narrow.epochs[i].train_loss, wide.epochs[i].train_loss, 0.05 * wide.initial_loss);
  }
}

TEST(Training, LossesAreBitIdenticalForAnyNumberOfThreads) {
  TrainingOptions options;
  options.epochs = 2;
  for (const char* strategy : {"learned", "shared", "bfloat16_bias", "gap_proportional"}) {
    for (const char* task : {"harmonic3", "digits"}) {
      const TrainingResult one = TrainOn(task, strategy, options, 300, 1).result;
      for (const int threads : {2, 3}) {
        const TrainingResult many = TrainOn(task, strategy, options, 300, threads).result;
        for (std::size_t i = 0; i < one.epochs.size(); ++i) {
          EXPECT_EQ(one.epochs[i].train_loss, many.epochs[i].train_loss) << strategy;
        }
        EXPECT_EQ(one.test.loss, many.test.loss);
      }
    }
  }
}

TEST(Training, DrawnAgainLearnsBitForBitAsStored) {
  TrainingOptions options;
  options.epochs = 5;
  EXPECT_EQ(Harmonic("frozen_random", options).train.loss,
            Harmonic("hashed_random", options).train.loss);
  EXPECT_EQ(Harmonic("bias_only", options).train.loss,
            Harmonic("bias_only_hashed", options).train.loss);
}

TEST(Training, SchedulesAgreeOnDigits) {
  TrainingOptions options;
  options.epochs = 5;
  options.learning_rate = 0.3;
  const TrainingResult textbook =
      TrainOn("digits", "learned", options, 300, 2, ScheduleKind::kTextbook).result;
  const TrainingResult recompute = TrainOn("digits", "learned", options, 300, 2).result;
  EXPECT_NEAR(textbook.train.loss, recompute.train.loss, 1e-4);
  EXPECT_GT(*recompute.test.accuracy, 0.85);
  EXPECT_EQ(textbook.epochs.size(), 5U);
}

TEST(Training, StreamingLearnsBitForBitAsInPlace) {
  TrainingOptions options;
  options.epochs = 6;
  for (const char* strategy : {"learned", "shared", "warmup_then_frozen"}) {
    for (const char* task : {"harmonic3", "digits"}) {
      const auto in_place = TrainOn(task, strategy, options, 300, 2, ScheduleKind::kInPlace).result;
      const auto streaming =
          TrainOn(task, strategy, options, 300, 2, ScheduleKind::kStreamingRecompute).result;
      for (std::size_t i = 0; i < in_place.epochs.size(); ++i) {
        EXPECT_EQ(in_place.epochs[i].train_loss, streaming.epochs[i].train_loss) << strategy;
      }
      EXPECT_EQ(in_place.test.loss, streaming.test.loss);
    }
  }
}

TEST(Training, WarmupFreesGradientAndState) {
  TrainingOptions options;
  options.epochs = 10;
  const Trained trained = TrainOn("harmonic3", "warmup_then_frozen", options, 1000, 2,
                                  ScheduleKind::kTextbook, Optimizer::kAdam);
  using memory::Category;
  EXPECT_EQ(trained.steady[Category::kBiasGradient], 0);
  EXPECT_EQ(trained.steady[Category::kBiasOptimizerState], 0);
  EXPECT_EQ(trained.steady[Category::kHiddenBias], 4000);
}

TEST(Training, ReportsTheEpochThatReachedTheTarget) {
  TrainingOptions options;
  options.target_loss = 0.3;
  const TrainingResult result = Harmonic("learned", options);
  ASSERT_TRUE(result.epochs_to_target.has_value());
  const auto epoch = static_cast<std::size_t>(*result.epochs_to_target);
  EXPECT_LE(result.epochs[epoch - 1].train_loss, 0.3);
  EXPECT_GT(result.epochs[epoch - 2].train_loss, 0.3);
  EXPECT_FALSE(Harmonic("none", options).epochs_to_target.has_value());
}

TEST(Training, TestsEachFifthEpochAndAtTheEnd) {
  TrainingOptions options;
  options.epochs = 12;
  const TrainingResult result = Harmonic("learned", options);
  for (const EpochRecord& record : result.epochs) {
    EXPECT_EQ(record.test.has_value(), record.epoch % 5 == 0 || record.epoch == 12) << record.epoch;
  }
}

// Biases that are not updated and biases scaled to nothing must learn alike (from the same start),
// and scaling must matter.
TEST(Training, ScaledUpdatesScale) {
  TrainingOptions options;
  options.epochs = 30;
  const double learned = Harmonic("learned", options).train.loss;
  const double tenth = Harmonic("scaled=0.1", options).train.loss;
  const double hundredth = Harmonic("scaled=0.01", options).train.loss;
  EXPECT_LT(learned, tenth);
  EXPECT_LT(tenth, hundredth);
}

}  // namespace
}  // namespace biasbench::network
