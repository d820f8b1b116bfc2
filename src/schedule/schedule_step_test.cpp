// One SGD step of every schedule, held componentwise against the double reference: each output and
// each parameter within the bound that single precision allows it.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "reference/expected_step.h"
#include "reference/guarded_result.h"
#include "reference/reference.h"
#include "schedule/trained_network.h"

namespace biasbench::schedule {
namespace {

using kernel::ActivationKind;
using kernel::NumberFormat;
using reference::Bounded;
using reference::ExpectedStep;
using reference::ExpectStep;
using reference::IsWithin;
using reference::ReferenceBackward;
using reference::ReferenceGradients;
using reference::ReferenceNetwork;
using reference::ReferenceOutputs;
using reference::ToReference;

constexpr double kRate = 0.25;
constexpr std::int64_t kSizes[] = {1, 2, 3, 5, 7, 8, 9, 15, 16, 17, 63, 64, 65, 127, 1023};

template <class Values>
void ExpectWithin(const Values& computed, const std::vector<Bounded>& expected, const char* what) {
  ASSERT_EQ(computed.size(), expected.size()) << what;
  for (std::size_t i = 0; i < computed.size(); ++i) {
    ASSERT_TRUE(IsWithin(computed[i], expected[i])) << what << " " << i;
  }
}

void ExpectParameters(const Parameters& parameters, const ExpectedStep& expected) {
  const ReferenceNetwork after = ToReference(parameters);
  ExpectWithin(after.hidden_weights, expected.hidden_weights, "hidden_weights");
  ExpectWithin(after.output_weights, expected.output_weights, "output_weights");
  ExpectWithin(after.hidden_bias, expected.hidden_bias, "hidden_bias");
  ExpectWithin(after.output_bias, expected.output_bias, "output_bias");
}

double BiasRate(const Trained& run) {
  return kRate * run.parameters.configuration.strategy.Multipliers({}).hidden;
}

// Every schedule's step; plant(batch) may change the noise that it learns from.
template <class Plant>
void CheckStep(const Shape& shape, const std::string& strategy, ActivationKind activation,
               const Plant& plant) {
  ExpectedStep expected;
  for (const ScheduleKind kind : kScheduleKinds) {
    SCOPED_TRACE(testing::Message()
                 << strategy << " " << Describe(kind).name << " " << NameOf(activation)
                 << " inputs " << shape.inputs << " hidden " << shape.hidden << " outputs "
                 << shape.outputs << " batch " << shape.batch);
    Trained run(shape, strategy, kind, Optimizer::kSgd, 2, {}, activation);
    NoiseBatch batch(run.parameters, shape.batch, 1);
    plant(batch);
    // The expected step does not depend on the schedule.
    if (expected.outputs.empty()) {
      expected = ExpectStep(run.parameters, batch, kRate, BiasRate(run));
    }
    ExpectWithin(run.Step(batch, run.Settings(1, kRate)), expected.outputs, "outputs");
    ExpectParameters(run.parameters, expected);
  }
}

void CheckStep(const Shape& shape, const std::string& strategy) {
  for (const ActivationKind activation : {ActivationKind::kRelu, ActivationKind::kTanh}) {
    CheckStep(shape, strategy, activation, [](NoiseBatch&) {});
  }
}

// The bounds' values are the reference's, and their errors those of single precision.
TEST(Bounds, SurroundTheReference) {
  const Shape shape{7, 333, 5, 13};
  Trained run(shape, "learned", ScheduleKind::kInPlace, Optimizer::kSgd, 1);
  const NoiseBatch batch(run.parameters, shape.batch, 1);
  const ReferenceNetwork before = ToReference(run.parameters);
  const std::vector<double> x(batch.x.begin(), batch.x.end());
  const std::vector<double> outputs = ReferenceOutputs(before, x);
  const ReferenceGradients gradients =
      ReferenceBackward(before, x, {batch.delta.begin(), batch.delta.end()});
  const ExpectedStep expected = ExpectStep(run.parameters, batch, kRate, kRate);
  const auto check = [](const std::vector<Bounded>& bounds, auto&& reference) {
    for (std::size_t i = 0; i < bounds.size(); ++i) {
      EXPECT_NEAR(bounds[i].value, reference(i), 1e-12);
      EXPECT_GT(bounds[i].error, 0);
      EXPECT_LT(bounds[i].error, 1e-3);
    }
  };
  const auto stepped = [](const std::vector<double>& values, const std::vector<double>& gradient) {
    return [&](std::size_t i) { return values[i] - kRate * gradient[i]; };
  };
  check(expected.outputs, [&](std::size_t i) { return outputs[i]; });
  check(expected.hidden_weights, stepped(before.hidden_weights, gradients.hidden_weights));
  check(expected.output_weights, stepped(before.output_weights, gradients.output_weights));
  check(expected.hidden_bias, stepped(before.hidden_bias, gradients.hidden_bias));
  check(expected.output_bias, stepped(before.output_bias, gradients.output_bias));
}

TEST(Schedules, EveryStrategyStepsAsTheReference) {
  for (const bias::Selection& selection : bias::AllSelections()) {
    CheckStep({7, 333, 5, 13}, selection.Name());
    CheckStep({2, 700, 1, 9}, selection.Name());  // narrow nodes
  }
}

TEST(Schedules, EveryNumberOfInputs) {
  for (const std::int64_t inputs : kSizes) {
    CheckStep({inputs, 70, 3, 5}, "learned");
    CheckStep({inputs, 35, 2, 1}, "learned");  // by dot products where inputs are many
    CheckStep({inputs, 35, 1, 2}, "fixed=1");
  }
}

TEST(Schedules, EveryNumberOfNodes) {
  for (const std::int64_t hidden : kSizes) {
    CheckStep({3, hidden, 2, 7}, "learned");
    CheckStep({2, hidden, 1, 7}, "fixed=1");
  }
}

TEST(Schedules, EveryBatchSize) {
  for (const std::int64_t batch : kSizes) {
    CheckStep({3, 70, 2, batch}, "grouped=64");
    CheckStep({3, 35, 1, batch}, "shared");
  }
}

TEST(Schedules, EveryNumberOfOutputs) {
  for (std::int64_t outputs = 1; outputs <= 33; ++outputs) {
    CheckStep({6, 66, outputs, 4}, "bias_unit");
  }
}

TEST(Schedules, PairsOfOddSizes) {
  for (const std::int64_t inputs : {1, 4, 33, 65}) {
    for (const std::int64_t hidden : {1, 13, 257}) {
      for (const std::int64_t outputs : {1, 17}) {
        for (const std::int64_t batch : {1, 3, 17}) {
          CheckStep({inputs, hidden, outputs, batch}, "learned");
        }
      }
    }
  }
}

// x rounded to the nearest bfloat16 where the processor is to multiply it, as its products want it.
std::vector<double> AsMultiplied(const std::vector<float>& x, const Configuration& configuration) {
  std::vector<double> values(x.begin(), x.end());
  if (configuration.multiplies_bfloat16()) {
    std::ranges::transform(x, values.begin(), [](float v) {
      return kernel::FromBfloat16(kernel::NearestBfloat16(v));
    });
  }
  return values;
}

// Each weight must become one of the two bfloat16 numbers beside what the reference says, and on
// average that itself. Where deltas are rounded to nearest, a product is off by at most 2⁻⁹ of it.
void CheckBfloat16Step(const Shape& shape, const char* strategy, ScheduleKind kind,
                       const Formats& formats) {
  SCOPED_TRACE(testing::Message() << strategy << " " << Describe(kind).name << " inputs "
                                  << shape.inputs << " batch " << shape.batch << " products "
                                  << static_cast<int>(formats.products));
  Trained run(shape, strategy, kind, Optimizer::kSgd, 2, formats);
  const Configuration& configuration = run.parameters.configuration;
  const ReferenceNetwork before = ToReference(run.parameters);
  const NoiseBatch batch(run.parameters, shape.batch, 1);
  const std::vector<double> x = AsMultiplied(batch.x, configuration);
  const ReferenceGradients gradients =
      ReferenceBackward(before, x, {batch.delta.begin(), batch.delta.end()});
  const std::vector<float> outputs = run.Step(batch, run.Settings(1, kRate));
  const std::vector<double> expected_outputs = ReferenceOutputs(before, x);
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    ASSERT_NEAR(outputs[i], expected_outputs[i], 1e-5) << i;
  }
  const ReferenceNetwork after = ToReference(run.parameters);
  const double most_product =
      configuration.multiplies_bfloat16() ? 0x1p-9 * static_cast<double>(shape.batch) : 0;
  double error = 0;
  double square = 0;
  for (std::size_t i = 0; i < before.hidden_weights.size(); ++i) {
    const double expected = before.hidden_weights[i] - kRate * gradients.hidden_weights[i];
    const double gap = 0x1p-7 * std::max(std::abs(expected), std::abs(after.hidden_weights[i]));
    // |δ| and |x| are below 1 each, and so are output weights but for √3.
    const double rounding =
        kRate * most_product * std::sqrt(3.0) * static_cast<double>(shape.outputs);
    ASSERT_NEAR(after.hidden_weights[i], expected, gap + rounding + 1e-5) << i;
    error += after.hidden_weights[i] - expected;
    square += std::pow(after.hidden_weights[i] - expected, 2);
  }
  EXPECT_GT(square, 0) << "nothing was rounded";
  EXPECT_LE(std::abs(error), 5 * std::sqrt(square)) << "rounds to one side";
}

TEST(Schedules, Bfloat16WeightsStepToANeighbour) {
  for (const ScheduleKind kind : kTiledKinds) {
    for (const Formats& formats : AllFormats()) {
      if (!formats.HaveBfloat16Weights() || formats.states != NumberFormat::kFloat32) continue;
      for (const Shape& shape : {Shape{7, 3000, 5, 13}, Shape{8, 3000, 5, 13}, Shape{2, 3000, 1, 9},
                                 Shape{66, 1000, 3, 16}, Shape{131, 300, 3, 2},
                                 Shape{200, 300, 3, 1}, Shape{200, 300, 3, 3}}) {
        for (const char* strategy : {"learned", "fixed=1", "bias_unit", "shared"}) {
          CheckBfloat16Step(shape, strategy, kind, formats);
        }
      }
    }
  }
}

// Those rows, and no others, are the same bits after the step.
TEST(Schedules, CountRowsThatAStepLeavesUnwritten) {
  const Shape shape{200, 300, 3, 1};
  for (const ScheduleKind kind : kTiledKinds) {
    Trained run(shape, "learned", kind, Optimizer::kSgd, 2);
    const std::vector<std::byte> before = Bytes(run.parameters.hidden_weights);
    run.Step(1, shape.batch, kRate);
    const std::vector<std::byte> after = Bytes(run.parameters.hidden_weights);
    const std::size_t row_bytes = before.size() / 300;
    std::int64_t same = 0;
    for (std::size_t row = 0; row < 300; ++row) {
      const std::size_t begin = row * row_bytes;
      same += std::equal(&before[begin], &before[begin] + row_bytes, &after[begin]) ? 1 : 0;
    }
    EXPECT_EQ(run.schedule->unwritten_rows(), same) << Describe(kind).name;
    EXPECT_NEAR(static_cast<double>(same), 150, 60);
    if (RichestOptimizer(kind) != Optimizer::kAdam) continue;
    Trained moves_all(shape, "learned", kind, Optimizer::kAdam, 2);
    moves_all.Step(1, shape.batch, kRate);
    EXPECT_EQ(moves_all.schedule->unwritten_rows(), 0) << "adam moves every weight";
  }
}

// NaN or infinity in one input of one sample reaches what the reference says, and nothing else.
TEST(Schedules, WhatIsNotFiniteReachesWhatDependsOnIt) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  for (const float value : {std::nanf(""), kInfinity, -kInfinity}) {
    for (const std::int64_t inputs : {1, 3, 70}) {
      for (const std::int64_t outputs : {1, 3}) {
        for (const std::int64_t hidden : {1, 2, 3, 300}) {
          constexpr std::int64_t kSamples = 2;
          for (const ActivationKind activation : {ActivationKind::kRelu, ActivationKind::kTanh}) {
            CheckStep({inputs, hidden, outputs, kSamples}, "learned", activation,
                      [&](NoiseBatch& batch) {
                        const std::int64_t d = inputs - 1;
                        batch.x[inputs + d] = value;
                        batch.rows[inputs + d] = value;
                        batch.panel[d * kSamples + 1] = value;
                      });
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace biasbench::schedule
