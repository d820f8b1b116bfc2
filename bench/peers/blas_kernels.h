// Which kernels BLAS libraries use.
#pragma once

namespace biasbench::bench::peers {

// OpenBLAS and BLIS know processors by their models: on one that is younger than the library they
// take kernels for what processors could do long ago (OpenBLAS 0.3.21 on Sapphire Rapids: SSE3, a
// tenth of the speed). This names the kernels for the instruction set instead, through the
// environment that processes inherit; what the user has set there stays.
void ChooseBlasKernels();

}  // namespace biasbench::bench::peers
