// The choice of the kernels that BLAS libraries use.
#pragma once

namespace biasbench::bench::peers {

// OpenBLAS and BLIS identify processors by model. On a model newer than the library they fall back
// to kernels for very old processors (OpenBLAS 0.3.21 on Sapphire Rapids: SSE3, a tenth of the
// speed). This selects kernels by instruction set instead, through environment variables that child
// processes inherit; those that the user has set stay.
void ChooseBlasKernels();

}  // namespace biasbench::bench::peers
