// A counter of the bytes allocated through malloc and its relatives: everything outside the ledger.
// A program that uses this header has malloc, calloc, realloc, aligned_alloc, posix_memalign,
// memalign and free replaced by counting ones that pass every request on to glibc's. (Eigen calls
// malloc, not operator new, so replacing the operators would miss its buffers.)
#pragma once

#include <cstdint>

#include "machine/sanitizer.h"

namespace biasbench::bench {

// Under a sanitizer nothing is replaced or counted.
inline constexpr bool kCountsMalloc = !machine::kSanitized;

// Bytes allocated now, as usable sizes (malloc's rounding up included).
std::int64_t AllocatedBytes();
// The maximum of AllocatedBytes() since the last reset.
std::int64_t PeakAllocatedBytes();
void ResetPeakAllocatedBytes();

// Test hook: refuses the count-th request that this thread makes from now on (0: none). Returns how
// many requests were left before the previous refusal; 0 if it has happened.
std::int64_t RefuseAllocation(std::int64_t count);

}  // namespace biasbench::bench
