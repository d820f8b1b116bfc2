#include "kernel/schedule.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include "bias/storage.h"
#include "kernel/reference.h"
#include "random/philox.h"

namespace biasbench::kernel {
namespace {

constexpr ScheduleKind kKinds[] = {ScheduleKind::kTextbook, ScheduleKind::kInPlace,
                                   ScheduleKind::kRecompute, ScheduleKind::kStreaming,
                                   ScheduleKind::kStreamingRecompute};

constexpr ScheduleKind kTiledKinds[] = {ScheduleKind::kInPlace, ScheduleKind::kRecompute,
                                        ScheduleKind::kStreaming,
                                        ScheduleKind::kStreamingRecompute};
constexpr WeightFormat kFormats[] = {WeightFormat::kFloat32, WeightFormat::kBfloat16};

std::vector<float> Noise(std::int64_t size, random::Seed seed) {
  std::vector<float> values(static_cast<std::size_t>(size));
  random::FillUniform(seed, random::Stream::kNoise, 0, 1, values);
  return values;
}

// A batch of noise, with the bias unit's column where the strategy has one.
struct NoiseBatch {
  NoiseBatch(const Parameters& parameters, std::int64_t samples, random::Seed seed)
      : inputs(parameters.shape.inputs),
        row_length(parameters.row_length),
        x(Noise(samples * inputs, seed)),
        delta(Noise(samples * parameters.shape.outputs, seed + 100)),
        rows(samples * row_length, 1.0F),
        panel(samples * row_length) {
    for (std::int64_t n = 0; n < samples; ++n) {
      std::copy_n(&x[n * inputs], inputs, &rows[n * row_length]);
    }
    for (std::int64_t d = 0; d < row_length; ++d) {
      for (std::int64_t n = 0; n < samples; ++n) panel[d * samples + n] = rows[n * row_length + d];
    }
  }

  BatchView view() const {
    const auto samples = static_cast<std::int64_t>(rows.size()) / row_length;
    return {samples, row_length, rows.data(), panel.data()};
  }

  std::int64_t inputs;
  std::int64_t row_length;
  std::vector<float> x;      // (samples, inputs)
  std::vector<float> delta;  // (samples, outputs)
  std::vector<float> rows;
  std::vector<float> panel;
};

struct Trained {
  Trained(const Shape& shape, const std::string& strategy, ScheduleKind kind, Optimizer optimizer,
          int threads, WeightFormat format = WeightFormat::kFloat32)
      : parameters(ledger, shape, bias::ParseSelection(strategy), 11, threads, format),
        schedule(MakeSchedule(kind, optimizer, threads, parameters, ledger)) {}

  // Forward and update on noise; returns the outputs. The multiplier is the strategy's at its
  // start.
  std::vector<float> Step(std::int64_t number, std::int64_t samples, double rate) {
    const NoiseBatch batch(parameters, samples, static_cast<random::Seed>(number));
    std::vector<float> outputs(samples * parameters.shape.outputs, std::nanf(""));
    schedule->Forward(batch.view(), outputs.data());
    schedule->Update(batch.view(), batch.delta.data(), Settings(number, rate));
    return outputs;
  }

  StepSettings Settings(std::int64_t number, double rate) const {
    StepSettings settings(number, rate);
    if (parameters.strategy.trains_bias()) {
      settings.hidden_bias_multiplier = settings.output_bias_multiplier = Multiplier();
    }
    return settings;
  }
  float Multiplier() const {
    return static_cast<float>(
        parameters.strategy.strategy->multiplier(bias::Signals{}, parameters.strategy.value));
  }

  memory::Ledger ledger;
  Parameters parameters;
  std::unique_ptr<Schedule> schedule;
};

template <class T>
std::vector<std::byte> Bytes(const memory::TrackedBuffer<T>& buffer) {
  const auto bytes = std::as_bytes(buffer.span());
  return {bytes.begin(), bytes.end()};
}

std::vector<std::byte> AllBytes(const Parameters& parameters) {
  std::vector<std::byte> all;
  for (const auto& bytes :
       {Bytes(parameters.hidden_weights), Bytes(parameters.output_weights),
        Bytes(parameters.hidden_weights_bfloat16), Bytes(parameters.output_weights_bfloat16),
        Bytes(parameters.hidden_bias), Bytes(parameters.output_bias)}) {
    all.insert(all.end(), bytes.begin(), bytes.end());
  }
  return all;
}

double Largest(const std::vector<double>& values) {
  double largest = 0;
  for (const double v : values) largest = std::max(largest, std::abs(v));
  return largest;
}

// The step that each entry of a shared or grouped bias takes is the mean of its nodes' gradients.
std::vector<double> MeanOverGroups(const Parameters& parameters, std::vector<double> gradient) {
  const auto hidden = static_cast<std::int64_t>(gradient.size());
  const bool is_shared = parameters.strategy.strategy->storage == bias::Storage::kShared;
  const std::int64_t group = is_shared ? hidden : parameters.strategy.group();
  for (std::int64_t begin = 0; begin < hidden; begin += group) {
    const std::int64_t end = std::min(begin + group, hidden);
    double mean = 0;
    for (std::int64_t h = begin; h < end; ++h)
      mean += gradient[h] / static_cast<double>(end - begin);
    std::fill(gradient.begin() + begin, gradient.begin() + end, mean);
  }
  return gradient;
}

void ExpectStep(const std::vector<double>& before, const std::vector<double>& after,
                const std::vector<double>& gradient, double rate, double tolerance,
                const char* group) {
  ASSERT_EQ(before.size(), after.size());
  const double scale = std::abs(rate) * Largest(gradient) + 0x1p-23 * Largest(before);
  for (std::size_t i = 0; i < before.size(); ++i) {
    ASSERT_NEAR(after[i], before[i] - rate * gradient[i], tolerance * scale + 0x1p-23)
        << group << i;
  }
}

// One SGD step of the schedule against the reference in double precision.
void CheckStep(const Shape& shape, const std::string& strategy, ScheduleKind kind, int threads) {
  SCOPED_TRACE(testing::Message() << strategy << " " << Describe(kind).name << " inputs "
                                  << shape.inputs << " hidden " << shape.hidden << " outputs "
                                  << shape.outputs << " batch " << shape.batch);
  constexpr double kRate = 0.25;
  Trained run(shape, strategy, kind, Optimizer::kSgd, threads);
  const ReferenceNetwork before = ToReference(run.parameters);
  const NoiseBatch batch(run.parameters, shape.batch, 1);
  const std::vector<double> x(batch.x.begin(), batch.x.end());
  const std::vector<double> delta(batch.delta.begin(), batch.delta.end());
  for (const double z : ReferencePreActivations(before, x)) {
    ASSERT_GT(std::abs(z), 1e-6) << "too near ReLU's kink to compare";
  }
  const std::vector<double> expected_outputs = ReferenceOutputs(before, x);
  const ReferenceGradients gradients = ReferenceBackward(before, x, delta);

  const std::vector<float> outputs = run.Step(1, shape.batch, kRate);
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    ASSERT_NEAR(outputs[i], expected_outputs[i], 1e-5 * (1 + Largest(expected_outputs)));
  }
  const ReferenceNetwork after = ToReference(run.parameters);
  const double weight_rate = run.parameters.trains_weights() ? kRate : 0;
  const double bias_rate = run.parameters.strategy.trains_bias() ? kRate * run.Multiplier() : 0;
  const bool is_bfloat16 = run.parameters.strategy.strategy->storage == bias::Storage::kBfloat16;
  // Rounding errors of sums of up to a few hundred terms; a bfloat16 step may be off by a whole
  // unit in the last place of its 8 bits.
  const double tolerance = 2e-5;
  ExpectStep(before.hidden_weights, after.hidden_weights, gradients.hidden_weights, weight_rate,
             tolerance, "hidden_weights");
  ExpectStep(before.output_weights, after.output_weights, gradients.output_weights, weight_rate,
             tolerance, "output_weights");
  ExpectStep(before.hidden_bias, after.hidden_bias,
             MeanOverGroups(run.parameters, gradients.hidden_bias), bias_rate,
             is_bfloat16 ? 0x1p-7 : tolerance, "hidden_bias");
  ExpectStep(before.output_bias, after.output_bias, gradients.output_bias, bias_rate, tolerance,
             "output_bias");
  EXPECT_GT(Largest(gradients.hidden_bias), 0);
}

TEST(Schedules, EveryStrategyStepsAsTheReference) {
  for (const bias::Selection& selection : bias::AllSelections()) {
    for (const ScheduleKind kind : kKinds) {
      CheckStep({7, 333, 5, 13}, selection.Name(), kind, 2);
      CheckStep({2, 700, 1, 9}, selection.Name(), kind, 2);  // narrow nodes
    }
  }
}

TEST(Schedules, EveryAxisOfTheShape) {
  const std::int64_t sizes[] = {1, 2, 3, 5, 8, 15, 16, 17, 63, 64, 65, 127};
  for (const ScheduleKind kind : kKinds) {
    for (const std::int64_t size : sizes) {
      CheckStep({size, 70, 3, 5}, "learned", kind, 2);
      CheckStep({size, 70, 1, 5}, "learned", kind, 2);
      CheckStep({3, size, 2, 7}, "learned", kind, 2);
      CheckStep({2, size, 1, 7}, "fixed=1", kind, 2);
      CheckStep({3, 70, 2, size}, "grouped=64", kind, 2);
      CheckStep({3, 70, 1, size}, "shared", kind, 2);
      CheckStep({6, 66, std::min<std::int64_t>(size, 33), 4}, "bias_unit", kind, 2);
    }
    CheckStep({1023, 64, 2, 3}, "learned", kind, 2);
    CheckStep({5, 1023, 2, 3}, "learned", kind, 3);
  }
}

// Each weight must become one of the two bfloat16 numbers beside what the reference says, and on
// average that itself.
TEST(Schedules, Bfloat16WeightsStepToANeighbour) {
  constexpr double kRate = 0.25;
  for (const ScheduleKind kind : kTiledKinds) {
    for (const Shape& shape : {Shape{7, 3000, 5, 13}, Shape{2, 3000, 1, 9}, Shape{70, 300, 3, 2}}) {
      for (const char* strategy : {"learned", "fixed=1", "bias_unit", "shared"}) {
        Trained run(shape, strategy, kind, Optimizer::kSgd, 2, WeightFormat::kBfloat16);
        const ReferenceNetwork before = ToReference(run.parameters);
        const NoiseBatch batch(run.parameters, shape.batch, 1);
        const ReferenceGradients gradients = ReferenceBackward(
            before, {batch.x.begin(), batch.x.end()}, {batch.delta.begin(), batch.delta.end()});
        run.Step(1, shape.batch, kRate);
        const ReferenceNetwork after = ToReference(run.parameters);
        double error = 0;
        double square = 0;
        for (std::size_t i = 0; i < before.hidden_weights.size(); ++i) {
          const double expected = before.hidden_weights[i] - kRate * gradients.hidden_weights[i];
          const double gap =
              0x1p-7 * std::max(std::abs(expected), std::abs(after.hidden_weights[i]));
          ASSERT_NEAR(after.hidden_weights[i], expected, gap + 1e-5) << strategy << i;
          error += after.hidden_weights[i] - expected;
          square += std::pow(after.hidden_weights[i] - expected, 2);
        }
        EXPECT_GT(square, 0) << "nothing was rounded";
        EXPECT_LE(std::abs(error), 5 * std::sqrt(square)) << strategy << " rounds to one side";
      }
    }
  }
}

// Batches smaller than the largest must not see what a larger one left behind.
TEST(Schedules, AShorterLastBatch) {
  for (const ScheduleKind kind : kKinds) {
    for (const char* strategy : {"learned", "none"}) {
      for (const std::int64_t outputs : {1, 3}) {
        const Shape shape{2, 300, outputs, 16};
        Trained interrupted(shape, strategy, kind, Optimizer::kSgd, 2);
        interrupted.Step(1, 16, 0.1);
        const std::vector<float> last = interrupted.Step(2, 3, 0.1);
        Trained fresh(shape, strategy, ScheduleKind::kRecompute, Optimizer::kSgd, 1);
        fresh.Step(1, 16, 0.1);
        const std::vector<float> expected = fresh.Step(2, 3, 0.1);
        for (std::size_t i = 0; i < last.size(); ++i) EXPECT_NEAR(last[i], expected[i], 1e-4);
      }
    }
  }
}

TEST(Schedules, BitIdenticalForAnyNumberOfThreads) {
  for (const bias::Selection& selection : bias::AllSelections()) {
    for (const ScheduleKind kind : kKinds) {
      for (const Optimizer optimizer : {Optimizer::kSgd, Optimizer::kAdam}) {
        for (const std::int64_t outputs : {1, 3}) {
          const Shape shape{3, 1500, outputs, 5};
          Trained one(shape, selection.Name(), kind, optimizer, 1);
          for (std::int64_t step = 1; step <= 3; ++step) one.Step(step, 5, 0.05);
          for (const int threads : {2, 3}) {
            Trained many(shape, selection.Name(), kind, optimizer, threads);
            for (std::int64_t step = 1; step <= 3; ++step) many.Step(step, 5, 0.05);
            EXPECT_EQ(AllBytes(one.parameters), AllBytes(many.parameters))
                << selection.Name() << " " << Describe(kind).name << " " << threads << " threads";
          }
        }
      }
    }
  }
}

TEST(Schedules, Bfloat16WeightsAreBitIdenticalForAnyNumberOfThreads) {
  for (const ScheduleKind kind : kTiledKinds) {
    for (const std::int64_t outputs : {1, 3}) {
      const Shape shape{3, 1500, outputs, 5};
      Trained one(shape, "learned", kind, Optimizer::kAdam, 1, WeightFormat::kBfloat16);
      Trained many(shape, "learned", kind, Optimizer::kAdam, 3, WeightFormat::kBfloat16);
      EXPECT_TRUE(one.parameters.hidden_weights.empty());
      for (std::int64_t step = 1; step <= 3; ++step) {
        EXPECT_EQ(one.Step(step, 5, 0.05), many.Step(step, 5, 0.05));
      }
      EXPECT_EQ(AllBytes(one.parameters), AllBytes(many.parameters));
    }
  }
}

TEST(Schedules, AgreeWithinRoundingUnderOptimizersWithState) {
  for (const char* strategy : {"learned", "bias_unit", "shared", "grouped=64", "stateless_bias"}) {
    for (const Optimizer optimizer : {Optimizer::kMomentum, Optimizer::kAdam})
      for (const std::int64_t outputs : {1, 3}) {
        const Shape shape{3, 500, outputs, 8};
        Trained textbook(shape, strategy, ScheduleKind::kTextbook, optimizer, 2);
        Trained in_place(shape, strategy, ScheduleKind::kInPlace, optimizer, 2);
        Trained recompute(shape, strategy, ScheduleKind::kRecompute, optimizer, 2);
        for (std::int64_t step = 1; step <= 5; ++step) {
          const std::vector<float> a = textbook.Step(step, 8, 0.01);
          const std::vector<float> b = in_place.Step(step, 8, 0.01);
          const std::vector<float> c = recompute.Step(step, 8, 0.01);
          for (std::size_t i = 0; i < a.size(); ++i) {
            EXPECT_NEAR(a[i], b[i], 1e-4) << strategy;
            EXPECT_NEAR(a[i], c[i], 1e-4) << strategy;
          }
        }
      }
  }
}

TEST(Schedules, FrozenBiasesKeepEveryBitAndOwnNoGradientOrState) {
  using memory::Category;
  for (const bias::Selection& selection : bias::AllSelections()) {
    if (selection.trains_bias()) continue;
    for (const ScheduleKind kind : kKinds) {
      Trained run({3, 300, 2, 4}, selection.Name(), kind, Optimizer::kAdam, 2);
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
  for (const ScheduleKind kind : kKinds) {
    for (const std::int64_t outputs : {1, 3}) {
      const Shape shape{3, 700, outputs, 6};
      Trained stored_bias(shape, "frozen_random", kind, Optimizer::kSgd, 2);
      Trained drawn_bias(shape, "hashed_random", kind, Optimizer::kSgd, 3);
      Trained stored_weights(shape, "bias_only", kind, Optimizer::kAdam, 2);
      Trained drawn_weights(shape, "bias_only_hashed", kind, Optimizer::kAdam, 3);
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
  for (const ScheduleKind kind : kKinds) {
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

TEST(Schedules, FreezingFreesWhatBiasesNeededForTraining) {
  using memory::Category;
  for (const ScheduleKind kind : kKinds) {
    for (const char* strategy : {"warmup_then_frozen", "shared"}) {
      Trained run({3, 5000, 2, 4}, strategy, kind, Optimizer::kAdam, 2);
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

// One pass a step must learn what two passes learn, also where batches differ in size.
TEST(Schedules, StreamingEqualsTwoPassesBitForBit) {
  const std::int64_t sizes[] = {8, 8, 3, 8, 1};
  for (const bias::Selection& selection : bias::AllSelections()) {
    for (const ScheduleKind kind : {ScheduleKind::kStreaming, ScheduleKind::kStreamingRecompute}) {
      for (const Optimizer optimizer : {Optimizer::kSgd, Optimizer::kMomentum, Optimizer::kAdam}) {
        for (const std::int64_t outputs : {1, 3})
          for (const WeightFormat format : kFormats) {
            const Shape shape{3, 700, outputs, 8};
            Trained two_passes(shape, selection.Name(), ScheduleKind::kInPlace, optimizer, 2,
                               format);
            Trained one_pass(shape, selection.Name(), kind, optimizer, 2, format);
            std::vector<NoiseBatch> batches;
            for (const std::int64_t size : sizes) {
              batches.emplace_back(one_pass.parameters, size, batches.size() + 1);
            }
            std::vector<float> f(8 * outputs);
            std::vector<float> expected(8 * outputs);
            one_pass.schedule->Forward(batches[0].view(), f.data());
            for (std::size_t i = 0; i + 1 < batches.size(); ++i) {
              const auto step = static_cast<std::int64_t>(i + 1);
              two_passes.schedule->Forward(batches[i].view(), expected.data());
              ASSERT_EQ(f, expected) << selection.Name() << " step " << step;
              two_passes.schedule->Update(batches[i].view(), batches[i].delta.data(),
                                          two_passes.Settings(step, 0.1));
              one_pass.schedule->UpdateAndForward(batches[i].view(), batches[i].delta.data(),
                                                  one_pass.Settings(step, 0.1),
                                                  batches[i + 1].view(), f.data());
            }
            EXPECT_EQ(AllBytes(one_pass.parameters), AllBytes(two_passes.parameters))
                << selection.Name();
          }
      }
    }
  }
}

// A NaN input reaches its own sample's outputs and no other's.
TEST(Schedules, NanStaysInItsSample) {
  for (const ScheduleKind kind : kKinds) {
    for (const std::int64_t outputs : {1, 3}) {
      Trained run({3, 300, outputs, 6}, "learned", kind, Optimizer::kSgd, 2);
      NoiseBatch batch(run.parameters, 6, 1);
      for (std::int64_t d = 0; d < 3; ++d) {
        batch.rows[2 * 3 + d] = batch.panel[d * 6 + 2] = std::nanf("");
      }
      std::vector<float> f(6 * outputs);
      run.schedule->Forward(batch.view(), f.data());
      for (std::int64_t i = 0; i < 6 * outputs; ++i) {
        EXPECT_EQ(std::isnan(f[i]), i / outputs == 2) << Describe(kind).name;
      }
    }
  }
}

}  // namespace
}  // namespace biasbench::kernel
