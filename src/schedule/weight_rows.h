// A tile's hidden weights as kernels read and step them.
#pragma once

#include <cstdint>

#include "kernel/row_walk.h"
#include "schedule/step.h"

namespace biasbench::schedule {

// Whether values are two to a word.
template <class Values>
inline constexpr bool kHasWords = requires(const Values& values) { values.LoadWords(0); };

// Rows of a group's values, from the group's first on, under an optimizer's step: an epilogue of a
// product that is their gradient, and what walks go over (kernel/row_walk.h).
template <class AnyStep, class Values, class States>
class WeightRows {
 public:
  static constexpr bool kKeepsAtZero = AnyStep::kKeepsAtZero;
  // Taken so where a step needs no state.
  static constexpr bool kHasWords =
      AnyStep::kStates == 0 && schedule::kHasWords<Values>;
  static constexpr std::int64_t kWalkAhead =
      kernel::kWalkAheadBytes / static_cast<std::int64_t>(sizeof(*Values::data));

  WeightRows(const AnyStep& step, const ParameterGroup<Values, States>& weights)
      : step_(step), weights_(weights) {}

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

// Rows of values that take no step.
template <class Values>
class UnsteppedRows {
 public:
  static constexpr bool kHasWords = schedule::kHasWords<Values>;
  static constexpr std::int64_t kWalkAhead =
      kernel::kWalkAheadBytes / static_cast<std::int64_t>(sizeof(*Values::data));

  explicit UnsteppedRows(const Values& values) : values_(values) {}

  template <class SomeLanes>
  HWY_INLINE Vector Load(std::int64_t i, SomeLanes lanes) const {
    return values_.Load(i, lanes);
  }
  HWY_INLINE kernel::Bits LoadWords(std::int64_t i) const { return values_.LoadWords(i); }
  HWY_INLINE void PrefetchAt(std::int64_t i) const { values_.PrefetchAt(i); }

 private:
  Values values_;
};

}  // namespace biasbench::schedule
