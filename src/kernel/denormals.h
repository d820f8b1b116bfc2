// Flushing of denormal numbers to zero, in every thread: they cost a hundred cycles each and carry
// no information in training.
#pragma once

#if defined(__SSE2__)
#include <immintrin.h>
#endif

namespace biasbench::kernel {

// A scope in which this thread flushes denormal results and operands (FTZ and DAZ). It does nothing
// on processors other than x86.
class FlushDenormals {
 public:
#if defined(__SSE2__)
  FlushDenormals() : saved_(_mm_getcsr()) { _mm_setcsr(saved_ | kFlushToZero | kDenormalsAreZero); }
  ~FlushDenormals() { _mm_setcsr(saved_); }
#else
  FlushDenormals() {}
  ~FlushDenormals() {}
#endif
  FlushDenormals(const FlushDenormals&) = delete;
  FlushDenormals& operator=(const FlushDenormals&) = delete;

 private:
#if defined(__SSE2__)
  static constexpr unsigned kFlushToZero = 0x8000;
  static constexpr unsigned kDenormalsAreZero = 0x0040;
  unsigned saved_;
#endif
};

}  // namespace biasbench::kernel
