// Counts what a program allocates through malloc and its kin: all that the ledger does not know of.
// A program that uses this header has malloc, calloc, realloc, aligned_alloc, posix_memalign,
// memalign and free replaced by counting ones that pass every request on to glibc's. (Eigen calls
// malloc, not operator new, so replacing the operators would miss its buffers.)
#pragma once

#include <cstdint>

#include "machine/sanitizer.h"

namespace biasbench::bench {

// Under a sanitizer nothing is replaced or counted.
inline constexpr bool kCountsMalloc = !machine::kSanitized;

// Bytes that are allocated now (usable sizes: with what malloc rounds up).
std::int64_t AllocatedBytes();
// The most there were since the last reset.
std::int64_t PeakAllocatedBytes();
void ResetPeakAllocatedBytes();

// For tests of too little memory: of the requests that this thread makes from now on, the count-th
// is refused (0: none). Returns how many the previous refusal was still away: 0 if it has come.
std::int64_t RefuseAllocation(std::int64_t count);

}  // namespace biasbench::bench
