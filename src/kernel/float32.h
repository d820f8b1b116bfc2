// The format float32: values are stored as they are computed with.
#pragma once

#include <cstdint>
#include <string_view>

#include "kernel/lanes.h"

namespace biasbench::kernel {

// An array of floats as an optimizer's step sees it, like Bfloat16Values.
struct FloatValues {
  float* data;

  template <class SomeLanes>
  HWY_INLINE Vector Load(std::int64_t i, SomeLanes lanes) const {
    return lanes.Load(data + i);
  }
  template <class SomeLanes>
  HWY_INLINE Vector Store(Vector v, std::int64_t i, SomeLanes lanes) const {
    lanes.Store(v, data + i);
    return v;
  }
  void PrefetchAt(std::int64_t i) const { Prefetch(data + i); }
};

// The format's row (see number_format.h).
struct Float32 {
  static constexpr std::string_view kName = "float32";
  using Stored = float;
  using Values = FloatValues;
  static Values At(Stored* data, std::uint32_t /*key*/) { return {data}; }
};

}  // namespace biasbench::kernel
