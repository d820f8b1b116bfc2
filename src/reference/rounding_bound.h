// Kernel results in double precision, with a bound on the error of single precision in any order of
// summation; for tests: |error| ≤ γ_k Σ|left||right| with u = 2⁻²⁴ and γ_k = k u / (1 − k u)
// (Higham, Accuracy and Stability of Numerical Algorithms, section 3.1).
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "kernel/activation.h"

namespace biasbench::reference {

// An exact value and the largest error of the computed one.
struct Bounded {
  double value = 0;
  double error = 0;

  double magnitude() const { return std::abs(value) + error; }
};

inline constexpr double kUnit = 0x1p-24;

inline double Gamma(std::int64_t roundings) {
  const double error = static_cast<double>(roundings) * kUnit;
  return error / (1 - error);
}

// start + Σ_k left(k)·right(k): no term passes more than depth + 1 roundings. Nothing is claimed
// about the size of what is not finite.
template <class Left, class Right>
Bounded BoundedSum(const Bounded& start, std::int64_t depth, const Left& left, const Right& right) {
  Bounded sum = start;
  double magnitude = start.magnitude();
  for (std::int64_t k = 0; k < depth; ++k) {
    const Bounded l = left(k);
    const Bounded r = right(k);
    sum.value += l.value * r.value;
    sum.error += std::abs(l.value) * r.error + l.error * r.magnitude();
    magnitude += l.magnitude() * r.magnitude();
  }
  sum.error += Gamma(depth + 1) * magnitude;
  if (!std::isfinite(sum.value)) sum.error = 0;
  return sum;
}

inline Bounded BoundedRelu(const Bounded& z) {
  return z.value <= 0 ? Bounded{0, std::max(0.0, z.value + z.error)} : z;
}

// upstream·φ'(z); φ' may be 0 or 1 only where |z| is within its own error.
inline Bounded BoundedReluGradient(const Bounded& z, const Bounded& upstream) {
  const Bounded gradient = z.value <= 0 ? Bounded{} : upstream;
  return std::abs(z.value) <= z.error ? Bounded{gradient.value, upstream.magnitude()} : gradient;
}

// tanh is monotone, so z's error moves it no further than at the ends; then Highway's own error.
inline Bounded BoundedTanh(const Bounded& z) {
  const double value = std::tanh(z.value);
  const double moved = std::max(std::tanh(z.value + z.error) - value,  //
                                value - std::tanh(z.value - z.error));
  return {value, moved + 2 * kernel::kTanhUlps * kUnit * (std::abs(value) + moved)};
}

// upstream·(1 − φ²)
inline Bounded BoundedTanhGradient(const Bounded& activation, const Bounded& upstream) {
  const double slope = 1 - activation.value * activation.value;
  const double moved = (2 * std::abs(activation.value) + activation.error) * activation.error;
  const Bounded factor{slope, moved + Gamma(kernel::Tanh::kSlopeRoundings) * (slope + moved)};
  return BoundedSum(
      {}, 1, [&](auto) { return factor; }, [&](auto) { return upstream; });
}

// φ(z), and upstream·φ'(z).
inline Bounded BoundedActivation(kernel::ActivationKind kind, const Bounded& z) {
  return kind == kernel::ActivationKind::kTanh ? BoundedTanh(z) : BoundedRelu(z);
}
inline Bounded BoundedDelta(kernel::ActivationKind kind, const Bounded& z,
                            const Bounded& upstream) {
  return kind == kernel::ActivationKind::kTanh ? BoundedTanhGradient(BoundedTanh(z), upstream)
                                               : BoundedReluGradient(z, upstream);
}

// value − rate·gradient in one step: one rounding, of a result no larger than its operands.
inline Bounded BoundedStep(const Bounded& value, const Bounded& rate, const Bounded& gradient) {
  if (rate.value == 0) return value;
  const double step = rate.magnitude() * gradient.magnitude();
  const double error = value.error + std::abs(rate.value) * gradient.error +
                       rate.error * gradient.magnitude() + Gamma(1) * (value.magnitude() + step);
  return {value.value - rate.value * gradient.value, error};
}

}  // namespace biasbench::reference
