// Networks of tanh: every schedule learns the same bits, keeps what its gradient needs, and without
// biases stays odd.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "schedule/trained_network.h"

namespace biasbench::schedule {
namespace {

using kernel::ActivationKind;

constexpr auto kTanh = ActivationKind::kTanh;

TEST(TanhSchedules, LearnTheSameBitsWithAnyNumberOfThreads) {
  const std::int64_t sizes[] = {8, 8, 3, 1, 8};
  for (const char* strategy : {"learned", "none", "shared", "bias_only", "bias_only_hashed"}) {
    for (const Shape& shape : {Shape{3, 1500, 1, 8}, Shape{70, 700, 3, 8}}) {
      Trained expected(shape, strategy, ScheduleKind::kInPlace, Optimizer::kAdam, 1, {}, kTanh);
      std::vector<NoiseBatch> batches;
      std::vector<std::vector<float>> outputs;
      for (const std::int64_t size : sizes) {
        const auto step = static_cast<std::int64_t>(batches.size()) + 1;
        batches.emplace_back(expected.parameters, size, step);
        outputs.push_back(expected.Step(batches.back(), expected.Settings(step, 0.05)));
      }
      for (const ScheduleKind kind : kTiledKinds) {
        if (RichestOptimizer(kind) != Optimizer::kAdam) continue;
        Trained run(shape, strategy, kind, Optimizer::kAdam, 3, {}, kTanh);
        std::vector<float> f(outputs[0].size());
        run.schedule->Forward(batches[0].view(), f.data());
        for (std::size_t i = 0; i + 1 < batches.size(); ++i) {
          f.resize(outputs[i + 1].size());
          run.schedule->UpdateAndForward(batches[i].view(), batches[i].delta.data(),
                                         run.Settings(static_cast<std::int64_t>(i + 1), 0.05),
                                         batches[i + 1].view(), f.data());
          ASSERT_EQ(f, outputs[i + 1]) << strategy << " " << Describe(kind).name << " step " << i;
        }
      }
    }
  }
}

// A bit of each is enough for ReLU's gradient only.
TEST(TanhSchedules, KeepWholeActivationsWhereNoWeightIsTrained) {
  const Shape shape{7, 640, 3, 16};
  const auto activation_bytes = [&](ScheduleKind schedule, ActivationKind activation) {
    Trained run(shape, "bias_only", schedule, Optimizer::kSgd, 2, {}, activation);
    run.Step(1, shape.batch, 0.1);
    return run.ledger.at_peak()[memory::Category::kActivations];
  };
  const std::int64_t count = shape.hidden * shape.batch;
  for (const ScheduleKind kind : {ScheduleKind::kInPlace, ScheduleKind::kStreaming}) {
    EXPECT_EQ(activation_bytes(kind, ActivationKind::kRelu), count / 8);
    EXPECT_EQ(activation_bytes(kind, kTanh), count * 4);
  }
  EXPECT_EQ(activation_bytes(ScheduleKind::kRecompute, kTanh), 0);
}

// f(−x) = −f(x), bit for bit, also after some steps.
TEST(TanhSchedules, WithoutBiasesTheNetworkIsOdd) {
  for (const ScheduleKind kind : kScheduleKinds) {
    for (const Shape& shape : {Shape{2, 700, 1, 6}, Shape{70, 333, 3, 2}, Shape{9, 333, 2, 17}}) {
      Trained run(shape, "none", kind, Optimizer::kSgd, 2, {}, kTanh);
      for (std::int64_t step = 1; step <= 3; ++step) run.Step(step, shape.batch, 0.1);
      const NoiseBatch batch(run.parameters, shape.batch, 9);
      NoiseBatch opposite = batch;
      for (float& x : opposite.rows) x = -x;
      for (float& x : opposite.panel) x = -x;
      std::vector<float> f(batch.delta.size());
      std::vector<float> of_opposite(batch.delta.size());
      run.schedule->Forward(batch.view(), f.data());
      run.schedule->Forward(opposite.view(), of_opposite.data());
      for (std::size_t i = 0; i < f.size(); ++i) {
        EXPECT_NE(f[i], 0);
        EXPECT_EQ(of_opposite[i], -f[i]) << Describe(kind).name;
      }
    }
  }
}

}  // namespace
}  // namespace biasbench::schedule
