// A meter of the memory that building and training a network adds to a process, by two accounts
// independent of the ledger: malloc's and the kernel's.
#pragma once

#include <cstdint>
#include <optional>

namespace biasbench::bench {

class MemoryMeter {
 public:
  // Starts measuring. First returns malloc's freed memory to the system, so that it cannot hide
  // later allocations.
  MemoryMeter();

  // The peak of malloc's bytes since then, above their level at the start. 0 where they are not
  // counted.
  std::int64_t UntrackedBytes() const;
  // Freed memory that malloc keeps: it may be resident without being allocated.
  std::int64_t RetainedBytes() const;
  // The peak of resident bytes since then, in total rather than added. Nullopt where the kernel
  // does not tell.
  std::optional<std::int64_t> PeakResidentBytes() const;

 private:
  bool knows_resident_;
  std::int64_t allocated_before_;
};

}  // namespace biasbench::bench
