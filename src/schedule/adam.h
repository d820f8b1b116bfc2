// Adam (Kingma and Ba, 2015).
#pragma once

#include <cmath>

#include "schedule/step.h"

namespace biasbench::schedule {

// Adam's ε: the default of Kingma and Ba, 2015.
inline constexpr float kEpsilon = 1e-8F;

// A step of Adam. Gradients of hidden parameters come multiplied by H, as the mean-field
// parametrization requires, so that ε keeps its meaning at any width.
class AdamStep {
 public:
  static constexpr int kStates = 2;
  static constexpr bool kKeepsAtZero = false;

  AdamStep(const StepSettings& step, const GroupSettings& group)
      : minus_rate_(
            hn::Set(kFloat, -step.learning_rate * group.rate_multiplier / step.first_correction)),
        second_scale_(hn::Set(kFloat, 1 / std::sqrt(step.second_correction))),
        decay_(step, group) {}

  template <class Values, class States, class SomeLanes>
  HWY_INLINE Vector operator()(const ParameterGroup<Values, States>& p, std::int64_t i,
                               Vector gradient, SomeLanes lanes) const {
    const Vector first =
        hn::MulAdd(hn::Set(kFloat, 1 - kFirstDecay), gradient,
                   hn::Mul(hn::Set(kFloat, kFirstDecay), p.first_moment.Load(i, lanes)));
    const Vector second =
        hn::MulAdd(hn::Mul(hn::Set(kFloat, 1 - kSecondDecay), gradient), gradient,
                   hn::Mul(hn::Set(kFloat, kSecondDecay), p.second_moment.Load(i, lanes)));
    p.first_moment.Store(first, i, lanes);
    p.second_moment.Store(second, i, lanes);
    const Vector denominator =
        hn::MulAdd(hn::Sqrt(second), second_scale_, hn::Set(kFloat, kEpsilon));
    const Vector direction = hn::Div(first, denominator);
    return p.values.Store(hn::MulAdd(minus_rate_, direction, decay_(p.values.Load(i, lanes))), i,
                          lanes);
  }

 private:
  Vector minus_rate_;
  Vector second_scale_;
  Decay<> decay_;
};

// The optimizer's row.
struct Adam {
  static constexpr OptimizerDescription kDescription{.name = "adam", .states = AdamStep::kStates};
  template <class Visit>
  static void WithStep(const StepSettings& step, const GroupSettings& group, const Visit& visit) {
    visit(AdamStep(step, group));
  }
};

}  // namespace biasbench::schedule
