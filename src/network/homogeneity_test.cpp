// Without biases a ReLU network is positively homogeneous, f(αx) = α f(x), whatever it has learned.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

#include "data/task.h"
#include "network/network.h"
#include "network/trainer.h"

namespace biasbench::network {
namespace {

using schedule::ScheduleKind;

constexpr std::int32_t kSamples = 9;

// Noise, and a network that has taken steps on it. Few inputs and one output are computed by
// kernels of their own.
struct Learner {
  Learner(const std::string& strategy, ScheduleKind schedule, std::int64_t inputs,
          std::int64_t outputs)
      : task(data::NoiseTask(inputs, outputs, kSamples, 5, ledger)),
        network({.shape = {inputs, 700, outputs, kSamples},
                 .strategy = bias::ParseSelection(strategy),
                 .schedule = schedule,
                 .seed = 3},
                ledger),
        order(kSamples) {
    std::iota(order.begin(), order.end(), 0);
    for (int step = 1; step <= 5; ++step) {
      network.Step(task.train, order, schedule::StepSettings(step, 0.3));
    }
  }

  // f(factor · x) of all samples.
  std::vector<float> OutputsOfScaled(float factor) {
    for (std::size_t i = 0; i < task.train.values.span().size(); ++i) {
      task.test.values.span()[i] = factor * task.train.values.span()[i];
    }
    const auto outputs = network.Outputs(task.test, order);
    return {outputs.begin(), outputs.end()};
  }

  memory::Ledger ledger;
  data::Task task;
  Network network;
  std::vector<std::int32_t> order;
};

// Powers of two scale every product and every sum without rounding.
TEST(Homogeneity, WithoutBiasesOutputsScaleBitForBit) {
  for (const ScheduleKind kind : schedule::kScheduleKinds) {
    for (const std::int64_t inputs : {2, 7}) {
      SCOPED_TRACE(std::string(schedule::Describe(kind).name) + std::to_string(inputs));
      Learner learner("none", kind, inputs, inputs == 2 ? 1 : 3);
      const std::vector<float> plain = learner.OutputsOfScaled(1);
      for (const float factor : {0x1p-9F, 0.5F, 4.0F, 0x1p12F}) {
        const std::vector<float> scaled = learner.OutputsOfScaled(factor);
        for (std::size_t i = 0; i < plain.size(); ++i) {
          ASSERT_NE(plain[i], 0);
          ASSERT_EQ(scaled[i], factor * plain[i]) << factor;
        }
      }
      for (const float output : learner.OutputsOfScaled(0)) EXPECT_EQ(output, 0);
    }
  }
}

TEST(Homogeneity, AnyBiasBreaksIt) {
  for (const std::string strategy : {"learned", "fixed=1", "shared", "bias_unit"}) {
    Learner learner(strategy, ScheduleKind::kRecompute, 7, 3);
    EXPECT_NE(learner.OutputsOfScaled(2)[0], 2 * learner.OutputsOfScaled(1)[0]) << strategy;
    EXPECT_NE(learner.OutputsOfScaled(0)[0], 0) << strategy;
  }
}

// The classes that a network trained on digits tells its test images by, at a brightness.
std::vector<std::int64_t> ClassesAt(float brightness, Network& network, data::Task& task) {
  task.test.brightness = brightness;
  std::vector<std::int64_t> classes;
  for (std::int32_t sample = 0; sample < task.test.samples; ++sample) {
    const auto outputs = network.Outputs(task.test, {&sample, 1});
    classes.push_back(std::ranges::max_element(outputs) - outputs.begin());
  }
  return classes;
}

struct DigitsReader {
  explicit DigitsReader(const std::string& strategy)
      : task(data::LoadTask("digits", ledger)),
        network({.shape = {64, 300, 10, 64},
                 .strategy = bias::ParseSelection(strategy),
                 .schedule = ScheduleKind::kStreaming,
                 .seed = 1},
                ledger) {
    Train(network, task, {.epochs = 3, .learning_rate = 0.3}, [](const EpochRecord&) {});
  }

  memory::Ledger ledger;
  data::Task task;
  Network network;
};

TEST(Homogeneity, WithoutBiasesBrightnessChangesNoPrediction) {
  const std::vector<double> scales = {0.125, 0.25, 0.5, 1, 2, 4, 8};
  for (const std::string strategy : {"none", "learned", "fixed=1"}) {
    DigitsReader reader(strategy);
    const auto classes = ClassesAt(1, reader.network, reader.task);
    bool all_same = true;
    for (const double scale : scales) {
      all_same &= ClassesAt(static_cast<float>(scale), reader.network, reader.task) == classes;
    }
    EXPECT_EQ(all_same, strategy == "none") << strategy;
    reader.task.test.brightness = 1;
    const auto evaluations = EvaluateAtScales(reader.network, reader.task.test, scales);
    EXPECT_GT(evaluations[3].accuracy, 0.7);
    EXPECT_EQ(evaluations[0].accuracy == evaluations[3].accuracy, strategy == "none") << strategy;
    EXPECT_EQ(reader.task.test.brightness, 1);
  }
}

// The least loss on the training set after any epoch.
double LeastLoss(const std::string& strategy, schedule::Parametrization parametrization,
                 double rate) {
  memory::Ledger ledger;
  const data::Task task = data::LoadTask("harmonic3", ledger);
  Network network({.shape = {2, 500, 1, 32},
                   .strategy = bias::ParseSelection(strategy),
                   .parametrization = parametrization,
                   .seed = 1},
                  ledger);
  std::vector<std::int32_t> all(static_cast<std::size_t>(task.train.samples));
  std::iota(all.begin(), all.end(), 0);
  double least = HUGE_VAL;
  Train(network, task, {.epochs = 40, .learning_rate = rate}, [&](const EpochRecord&) {
    const double loss = network.Evaluate(task.train, all).loss / static_cast<double>(all.size());
    least = std::min(least, loss);
  });
  return least;
}

// A homogeneous function's odd part is linear, and sin 3t is odd and orthogonal to that over the
// antipodal points: its mean square, 1/2, is what no network without biases comes below.
TEST(Homogeneity, WithoutBiasesNoEpochEndsBelowTheFloorOfHarmonic3) {
  using schedule::Parametrization;
  for (const double rate : {0.1, 1.0}) {
    const double least = LeastLoss("none", Parametrization::kMeanField, rate);
    EXPECT_GE(least, 0.5 - 1e-6) << rate;
    EXPECT_LT(least, 0.51) << rate;
  }
  EXPECT_GE(LeastLoss("none", Parametrization::kStandard, 0.01), 0.5 - 1e-6);
  EXPECT_LT(LeastLoss("learned", Parametrization::kMeanField, 0.1), 0.1);
  EXPECT_LT(LeastLoss("shared", Parametrization::kMeanField, 0.1), 0.1);
}

}  // namespace
}  // namespace biasbench::network
