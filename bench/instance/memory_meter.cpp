#include "bench/instance/memory_meter.h"

#include <malloc.h>

#include "bench/instance/malloc_counter.h"
#include "machine/resident_memory.h"

namespace biasbench::bench {

MemoryMeter::MemoryMeter() {
  machine::MakeFilesResident();
  malloc_trim(0);
  knows_resident_ = machine::ResetPeakResidentBytes();
  ResetPeakAllocatedBytes();
  allocated_before_ = AllocatedBytes();
}

std::int64_t MemoryMeter::UntrackedBytes() const {
  return PeakAllocatedBytes() - allocated_before_;
}

std::int64_t MemoryMeter::RetainedBytes() const {
  return static_cast<std::int64_t>(mallinfo2().fordblks);
}

std::optional<std::int64_t> MemoryMeter::PeakResidentBytes() const {
  if (!knows_resident_) return std::nullopt;
  return machine::PeakResidentBytes();
}

}  // namespace biasbench::bench
