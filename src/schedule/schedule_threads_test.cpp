// Whatever the number of threads, a schedule learns the same bits.
#include <gtest/gtest.h>

#include "schedule/trained_network.h"

namespace biasbench::schedule {
namespace {

TEST(Schedules, BitIdenticalForAnyNumberOfThreads) {
  for (const bias::Selection& selection : bias::AllSelections()) {
    for (const ScheduleKind kind : kScheduleKinds) {
      for (const Optimizer optimizer : {Optimizer::kSgd, RichestOptimizer(kind)}) {
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
      for (const Formats& formats : AllFormats()) {
        Trained one(shape, "learned", kind, RichestOptimizer(kind), 1, formats);
        Trained many(shape, "learned", kind, RichestOptimizer(kind), 3, formats);
        EXPECT_EQ(one.parameters.hidden_weights.bytes().size(),
                  std::int64_t{1500} * 3 * kernel::BytesPerValue(formats.weights));
        for (std::int64_t step = 1; step <= 3; ++step) {
          EXPECT_EQ(one.Step(step, 5, 0.05), many.Step(step, 5, 0.05));
        }
        EXPECT_EQ(AllBytes(one.parameters), AllBytes(many.parameters));
      }
    }
  }
}

// Far more threads than processors, and than units of the hidden layer: 10 of 256 nodes; and units
// of several chunks: 65,537 · 16 nodes are 129 units of two.
TEST(Schedules, SixtyFourThreadsLearnTheSameBits) {
  for (const std::int64_t hidden : {std::int64_t{2500}, std::int64_t{65'537} * 16}) {
    for (const ScheduleKind kind : kScheduleKinds) {
      for (const char* strategy : {"learned", "shared"}) {
        const Shape shape{1, hidden, 2, 3};
        Trained one(shape, strategy, kind, Optimizer::kSgd, 1);
        Trained many(shape, strategy, kind, Optimizer::kSgd, 64);
        for (std::int64_t step = 1; step <= 2; ++step) {
          EXPECT_EQ(one.Step(step, 3, 0.05), many.Step(step, 3, 0.05));
        }
        EXPECT_EQ(AllBytes(one.parameters), AllBytes(many.parameters))
            << strategy << " " << Describe(kind).name << " " << hidden;
      }
    }
  }
}

}  // namespace
}  // namespace biasbench::schedule
