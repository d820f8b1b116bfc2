// Gradient descent with momentum.
#pragma once

#include "schedule/step.h"

namespace biasbench::schedule {

// The velocity's decay: what frameworks' tutorials set.
inline constexpr float kVelocityDecay = 0.9F;

// v ← 0.9 v + g, θ −= η v: frameworks' momentum (Polyak, 1964, with the rate outside the velocity).
class MomentumStep {
 public:
  static constexpr int kStates = 1;
  static constexpr bool kKeepsAtZero = false;

  MomentumStep(const StepSettings& step, const GroupSettings& group)
      : minus_rate_(hn::Set(kFloat, -step.learning_rate * group.rate_multiplier)),
        decay_(step, group) {}

  template <class Values, class States, class SomeLanes>
  HWY_INLINE Vector operator()(const ParameterGroup<Values, States>& p, std::int64_t i,
                               Vector gradient, SomeLanes lanes) const {
    const Vector velocity =
        hn::MulAdd(hn::Set(kFloat, kVelocityDecay), p.first_moment.Load(i, lanes), gradient);
    p.first_moment.Store(velocity, i, lanes);
    return p.values.Store(hn::MulAdd(minus_rate_, velocity, decay_(p.values.Load(i, lanes))), i,
                          lanes);
  }

 private:
  Vector minus_rate_;
  Decay<> decay_;
};

// The optimizer's row.
struct Momentum {
  static constexpr OptimizerDescription kDescription{.name = "momentum",
                                                     .states = MomentumStep::kStates};
  template <class Visit>
  static void WithStep(const StepSettings& step, const GroupSettings& group, const Visit& visit) {
    visit(MomentumStep(step, group));
  }
};

}  // namespace biasbench::schedule
