// All schedules learn the same: with stateful optimizers, in one pass or two, batches of any size.
#include <gtest/gtest.h>

#include <span>
#include <vector>

#include "kernel/row_walk.h"
#include "schedule/trained_network.h"

namespace biasbench::schedule {
namespace {

using kernel::SuitsRowWalk;

// Batches smaller than the largest must not see what a larger one left behind.
TEST(Schedules, AShorterLastBatch) {
  for (const ScheduleKind kind : kScheduleKinds) {
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

void CheckStreaming(const bias::Selection& selection, ScheduleKind kind, Optimizer optimizer,
                    const Shape& shape, Formats formats,
                    std::span<const std::int64_t> batch_sizes) {
  Trained two_passes(shape, selection.Name(), ScheduleKind::kInPlace, optimizer, 2, formats);
  Trained one_pass(shape, selection.Name(), kind, optimizer, 2, formats);
  std::vector<NoiseBatch> batches;
  for (const std::int64_t size : batch_sizes) {
    batches.emplace_back(one_pass.parameters, size, batches.size() + 1);
  }
  std::vector<float> f(shape.batch * shape.outputs);
  std::vector<float> expected(shape.batch * shape.outputs);
  one_pass.schedule->Forward(batches[0].view(), f.data());
  for (std::size_t i = 0; i + 1 < batches.size(); ++i) {
    const auto step = static_cast<std::int64_t>(i + 1);
    two_passes.schedule->Forward(batches[i].view(), expected.data());
    ASSERT_EQ(f, expected) << selection.Name() << " step " << step;
    two_passes.schedule->Update(batches[i].view(), batches[i].delta.data(),
                                two_passes.Settings(step, 0.1));
    one_pass.schedule->UpdateAndForward(batches[i].view(), batches[i].delta.data(),
                                        one_pass.Settings(step, 0.1), batches[i + 1].view(),
                                        f.data());
  }
  EXPECT_EQ(AllBytes(one_pass.parameters), AllBytes(two_passes.parameters)) << selection.Name();
}

// One pass a step must learn what two passes learn, also where batches differ in size.
TEST(Schedules, StreamingEqualsTwoPassesBitForBit) {
  const std::int64_t sizes[] = {8, 8, 3, 8, 1};
  for (const bias::Selection& selection : bias::AllSelections()) {
    for (const ScheduleKind kind : {ScheduleKind::kStreaming, ScheduleKind::kStreamingRecompute}) {
      for (const Optimizer optimizer : {Optimizer::kSgd, Optimizer::kMomentum, Optimizer::kAdam}) {
        for (const std::int64_t outputs : {1, 3}) {
          for (const Formats& formats : AllFormats()) {
            CheckStreaming(selection, kind, optimizer, {3, 700, outputs, 8}, formats, sizes);
          }
        }
      }
    }
  }
}

// The same where steps and products go by rows, and where only some of the batches are so small.
TEST(Schedules, StreamingByRowsEqualsTwoPassesBitForBit) {
  const std::int64_t sizes[] = {2, 2, 1, 5, 2, 1};
  static_assert(SuitsRowWalk(2, 131, true) && !SuitsRowWalk(5, 131, false));
  for (const bias::Selection& selection : bias::AllSelections()) {
    for (const ScheduleKind kind : {ScheduleKind::kStreaming, ScheduleKind::kStreamingRecompute}) {
      for (const Formats& formats : AllFormats()) {
        CheckStreaming(selection, kind, Optimizer::kSgd, {131, 203, 3, 5}, formats, sizes);
      }
    }
  }
}

}  // namespace
}  // namespace biasbench::schedule
