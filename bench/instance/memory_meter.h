// What building and training a network adds to a process, by two accounts that know nothing of the
// ledger: malloc's and the kernel's.
#pragma once

#include <cstdint>
#include <optional>

namespace biasbench::bench {

class MemoryMeter {
 public:
  // Measures from here on. What freed memory malloc still holds is given back first, so that it
  // cannot hide what is allocated later.
  MemoryMeter();

  // The most that malloc held at a time since then, above what it held then. 0 where it is not
  // counted.
  std::int64_t UntrackedBytes() const;
  // What malloc keeps of freed memory now: it may be resident without being allocated.
  std::int64_t RetainedBytes() const;
  // The most that was resident at a time since then; all of it, not only what was added. Nothing
  // where the kernel does not say.
  std::optional<std::int64_t> PeakResidentBytes() const;

 private:
  bool knows_resident_;
  std::int64_t allocated_before_;
};

}  // namespace biasbench::bench
