#include "bench/peers/blas_kernels.h"

#include <cstdlib>

namespace biasbench::bench::peers {

void ChooseBlasKernels() {
#if defined(__x86_64__)
  constexpr int kKeepTheUsers = 0;
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl")) {
    setenv("OPENBLAS_CORETYPE", "SKYLAKEX", kKeepTheUsers);
    if (__builtin_cpu_is("intel")) setenv("BLIS_ARCH_TYPE", "0", kKeepTheUsers);  // skx
  } else if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    setenv("OPENBLAS_CORETYPE", "HASWELL", kKeepTheUsers);
  }
#endif
}

}  // namespace biasbench::bench::peers
