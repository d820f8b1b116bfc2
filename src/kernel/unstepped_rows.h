// A tile's weights in the form that products read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "kernel/lanes.h"

namespace biasbench::kernel {

// Rows of values without a step, from `values` on.
template <class Values>
class UnsteppedRows {
 public:
  using Stored = std::remove_pointer_t<decltype(Values::data)>;
  static constexpr std::size_t kWidestBytes = sizeof(Stored);  // of a number that a walk reads
  static constexpr bool kHasWords = requires(const Values& values) { values.LoadWords(0); };

  explicit UnsteppedRows(const Values& values) : values_(values) {}

  const Stored* data() const { return values_.data; }
  template <class SomeLanes>
  HWY_INLINE Vector Load(std::int64_t i, SomeLanes lanes) const {
    return values_.Load(i, lanes);
  }
  HWY_INLINE Bits LoadWords(std::int64_t i) const { return values_.LoadWords(i); }
  HWY_INLINE void PrefetchAt(std::int64_t i) const { values_.PrefetchAt(i); }

 private:
  Values values_;
};

}  // namespace biasbench::kernel
