// Counts what a program allocates through malloc and its kin: all that the ledger does not know of.
// A program that uses this header has malloc, calloc, realloc, aligned_alloc, posix_memalign,
// memalign and free replaced by counting ones that pass every request on to glibc's. (Eigen calls
// malloc, not operator new, so replacing the operators would miss its buffers.)
#pragma once

#include <cstdint>

// Sanitizers bring a malloc of their own: under them nothing is replaced or counted.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define BIASBENCH_COUNTS_MALLOC 0
#elif defined(__has_feature)
#define BIASBENCH_COUNTS_MALLOC \
  (!__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer))
#else
#define BIASBENCH_COUNTS_MALLOC 1
#endif

namespace biasbench::bench {

inline constexpr bool kCountsMalloc = BIASBENCH_COUNTS_MALLOC;

// Bytes that are allocated now (usable sizes: with what malloc rounds up).
std::int64_t AllocatedBytes();
// The most there were since the last reset.
std::int64_t PeakAllocatedBytes();
void ResetPeakAllocatedBytes();

}  // namespace biasbench::bench
