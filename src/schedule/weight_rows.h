// A tile's hidden weights in the form that kernels read and step.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "kernel/lanes.h"
#include "kernel/unstepped_rows.h"
#include "schedule/step.h"

namespace biasbench::schedule {

// Rows of a group's values under an optimizer's step, from the group's first on: stepped by the
// products that are their gradient (kernel/tile.h) and by walks (kernel/row_walk.h).
template <class AnyStep, class Values, class States>
class WeightRows {
 public:
  using Stored = typename kernel::UnsteppedRows<Values>::Stored;
  static constexpr std::size_t kWidestBytes =
      AnyStep::kStates == 0
          ? sizeof(Stored)
          : std::max(sizeof(Stored), sizeof(typename kernel::UnsteppedRows<States>::Stored));
  static constexpr bool kKeepsAtZero = AnyStep::kKeepsAtZero;
  // True if values are taken two to a word: their step needs no state.
  static constexpr bool kHasWords =
      AnyStep::kStates == 0 && kernel::UnsteppedRows<Values>::kHasWords;

  WeightRows(const AnyStep& step, const ParameterGroup<Values, States>& weights)
      : step_(step), weights_(weights) {}

  kernel::UnsteppedRows<Values> Unstepped() const {
    return kernel::UnsteppedRows<Values>(weights_.values);
  }
  template <class SomeLanes>
  HWY_INLINE Vector Load(std::int64_t i, SomeLanes lanes) const {
    return weights_.values.Load(i, lanes);
  }
  template <class SomeLanes>
  HWY_INLINE Vector Step(std::int64_t i, Vector gradient, SomeLanes lanes) const {
    return step_(weights_, i, gradient, lanes);
  }
  HWY_INLINE kernel::Bits LoadWords(std::int64_t i) const { return weights_.values.LoadWords(i); }
  HWY_INLINE kernel::Bits StepWords(std::int64_t i, const kernel::EvenAndOdd& gradient) const {
    const kernel::EvenAndOdd values = kernel::FromWords(LoadWords(i));
    return weights_.values.StoreWords(
        {step_.Next(values.even, gradient.even), step_.Next(values.odd, gradient.odd)}, i);
  }
  HWY_INLINE void PrefetchAt(std::int64_t i) const {
    weights_.template PrefetchAt<AnyStep::kStates>(i);
  }

 private:
  AnyStep step_;
  ParameterGroup<Values, States> weights_;
};

}  // namespace biasbench::schedule
