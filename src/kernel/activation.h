// Activations φ and their gradients on vectors. NaN passes through all of them, as in the
// reference; a lane's result depends on that lane alone.
#pragma once

#include <hwy/contrib/math/math-inl.h>

#include <cstdint>

#include "kernel/activation_kind.h"
#include "kernel/lanes.h"

namespace biasbench::kernel {

// Value: φ(z). Gradient: upstream · φ'(z), with φ' read off the activation φ(z).
struct Relu {
  static HWY_INLINE Vector Value(Vector z) {
    return hn::IfThenZeroElse(hn::Le(z, hn::Zero(kFloat)), z);
  }
  // Zero exactly where φ is.
  static HWY_INLINE Vector Gradient(Vector activation, Vector upstream) {
    return hn::IfThenZeroElse(hn::Le(activation, hn::Zero(kFloat)), upstream);
  }
};

// Highway's tanh: within kTanhUlps units in the last place of the exact value, and odd bit for bit.
inline constexpr int kTanhUlps = 4;
struct Tanh {
  // The number of roundings in 1 − φ², each relative to its value, also where φ is near 1.
  static constexpr int kSlopeRoundings = HWY_NATIVE_FMA ? 1 : 3;

  static HWY_INLINE Vector Value(Vector z) { return hn::Tanh(kFloat, z); }
  static HWY_INLINE Vector Gradient(Vector activation, Vector upstream) {
    const Vector one = hn::Set(kFloat, 1);
#if HWY_NATIVE_FMA
    const Vector slope = hn::NegMulAdd(activation, activation, one);
#else  // subtracting a rounded φ² from 1 would cancel
    const Vector slope = hn::Mul(hn::Sub(one, activation), hn::Add(one, activation));
#endif
    return hn::Mul(slope, upstream);
  }
};

// Calls visitor.operator()<Relu or Tanh>().
template <class Visitor>
void VisitActivation(ActivationKind kind, Visitor&& visitor) {
  if (kind == ActivationKind::kTanh) {
    visitor.template operator()<Tanh>();
  } else {
    visitor.template operator()<Relu>();
  }
}

// values (size): z becomes φ(z).
void Activate(ActivationKind kind, std::int64_t size, float* values);
// delta (size): the gradient with respect to φ becomes the one with respect to z.
void Differentiate(ActivationKind kind, std::int64_t size, const float* activation, float* delta);

}  // namespace biasbench::kernel
