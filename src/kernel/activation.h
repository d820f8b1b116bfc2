// ReLU and its gradient on vectors. A NaN passes through both, as in the reference.
#pragma once

#include "kernel/lanes.h"

namespace biasbench::kernel {

HWY_INLINE Vector Relu(Vector z) { return hn::IfThenZeroElse(hn::Le(z, hn::Zero(kFloat)), z); }

// upstream · φ'(z), with φ' read off the activation φ(z): zero exactly where φ is.
HWY_INLINE Vector ReluGradient(Vector activation, Vector upstream) {
  return hn::IfThenZeroElse(hn::Le(activation, hn::Zero(kFloat)), upstream);
}

}  // namespace biasbench::kernel
