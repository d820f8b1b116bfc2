#include "kernel/schedule.h"

#include "bias/storage.h"
#include "kernel/textbook_schedule.h"
#include "kernel/tiled_schedule.h"

namespace biasbench::kernel {

std::unique_ptr<Schedule> MakeSchedule(ScheduleKind kind, Optimizer optimizer, int threads,
                                       Parameters& parameters, memory::Ledger& ledger) {
  return bias::VisitStorage(
      parameters.strategy.strategy->storage, [&]<class Bias>() -> std::unique_ptr<Schedule> {
        if (kind == ScheduleKind::kTextbook) {
          return std::make_unique<TextbookSchedule<Bias>>(optimizer, threads, parameters, ledger);
        }
        return std::make_unique<TiledSchedule<Bias>>(Describe(kind), optimizer, threads, parameters,
                                                     ledger);
      });
}

}  // namespace biasbench::kernel
