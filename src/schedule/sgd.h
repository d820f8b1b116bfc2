// Plain stochastic gradient descent.
#pragma once

#include "schedule/step.h"

namespace biasbench::schedule {

// θ −= η g. A kernel of its own without decay: one operation a vector of weights is six in a
// hundred of a gradient over sixteen samples.
template <bool kDecays>
class SgdStep {
 public:
  static constexpr int kStates = 0;
  static constexpr bool kKeepsAtZero = !kDecays;

  SgdStep(const StepSettings& step, const GroupSettings& group)
      : minus_rate_(hn::Set(kFloat, -step.learning_rate * group.rate_multiplier)),
        decay_(step, group) {}

  template <class Values, class States, class SomeLanes>
  HWY_INLINE Vector operator()(const ParameterGroup<Values, States>& p, std::int64_t i,
                               Vector gradient, SomeLanes lanes) const {
    return p.values.Store(Next(p.values.Load(i, lanes), gradient), i, lanes);
  }

  HWY_INLINE Vector Next(Vector values, Vector gradient) const {
    return hn::MulAdd(minus_rate_, gradient, decay_(values));
  }

 private:
  Vector minus_rate_;
  Decay<kDecays> decay_;
};

// The optimizer's row.
struct Sgd {
  static constexpr OptimizerDescription kDescription{.name = "sgd",
                                                     .states = SgdStep<false>::kStates};
  template <class Visit>
  static void WithStep(const StepSettings& step, const GroupSettings& group, const Visit& visit) {
    if (group.weight_decay != 0) return visit(SgdStep<true>(step, group));
    visit(SgdStep<false>(step, group));
  }
};

}  // namespace biasbench::schedule
