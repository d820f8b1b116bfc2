// Whatever the number of threads, a schedule learns the same bits.
#include <gtest/gtest.h>

#include "kernel/trained_network.h"

namespace biasbench::kernel {
namespace {

TEST(Schedules, BitIdenticalForAnyNumberOfThreads) {
  for (const bias::Selection& selection : bias::AllSelections()) {
    for (const ScheduleKind kind : kScheduleKinds) {
      for (const Optimizer optimizer : {Optimizer::kSgd, Optimizer::kAdam}) {
        for (const std::int64_t outputs : {1, 3}) {
          const Shape shape{3, 1500, outputs, 5};
          Trained one(shape, selection.Name(), kind, optimizer, 1);
          for (std::int64_t step = 1; step <= 2; ++step) one.Step(step, 5, 0.05);
          const int threads = optimizer == Optimizer::kSgd ? 2 : 3;
          Trained many(shape, selection.Name(), kind, optimizer, threads);
          for (std::int64_t step = 1; step <= 2; ++step) many.Step(step, 5, 0.05);
          EXPECT_EQ(AllBytes(one.parameters), AllBytes(many.parameters))
              << selection.Name() << " " << Describe(kind).name << " " << threads << " threads";
        }
      }
    }
  }
}

TEST(Schedules, FormatsAreBitIdenticalForAnyNumberOfThreads) {
  for (const ScheduleKind kind : kTiledKinds) {
    for (const std::int64_t outputs : {1, 3}) {
      const Shape shape{3, 1500, outputs, 5};
      for (const Formats& formats : kAllFormats) {
        Trained one(shape, "learned", kind, Optimizer::kAdam, 1, formats);
        Trained many(shape, "learned", kind, Optimizer::kAdam, 3, formats);
        EXPECT_EQ(one.parameters.hidden_weights.empty(),
                  formats.weights == NumberFormat::kBfloat16);
        for (std::int64_t step = 1; step <= 3; ++step) {
          EXPECT_EQ(one.Step(step, 5, 0.05), many.Step(step, 5, 0.05));
        }
        EXPECT_EQ(AllBytes(one.parameters), AllBytes(many.parameters));
      }
    }
  }
}

}  // namespace
}  // namespace biasbench::kernel
