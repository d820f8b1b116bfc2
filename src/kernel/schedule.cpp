#include "kernel/schedule.h"

#include "kernel/textbook_schedule.h"
#include "kernel/tiled_schedule.h"

namespace biasbench::kernel {

std::unique_ptr<Schedule> MakeSchedule(ScheduleKind kind, Optimizer optimizer, int threads,
                                       Parameters& parameters, memory::Ledger& ledger) {
  if (kind == ScheduleKind::kTextbook) {
    return std::make_unique<TextbookSchedule>(optimizer, threads, parameters, ledger);
  }
  return std::make_unique<TiledSchedule>(Describe(kind), optimizer, threads, parameters, ledger);
}

}  // namespace biasbench::kernel
