// A kernel's result in tests: NaN until the kernel writes, and NaN beyond its end, where it never
// may.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "reference/rounding_bound.h"

namespace biasbench::reference {

// True within the bound (NaN never is); infinities and NaN must be expected as such.
inline testing::AssertionResult IsWithin(double computed, const Bounded& expected) {
  const bool is_right = std::isnan(expected.value) ? std::isnan(computed)
                        : std::isinf(expected.value)
                            ? computed == expected.value
                            : std::abs(computed - expected.value) <= expected.error;
  if (is_right) return testing::AssertionSuccess();
  return testing::AssertionFailure()
         << computed << " instead of " << expected.value << " ± " << expected.error;
}

class GuardedResult {
 public:
  explicit GuardedResult(std::int64_t size) : size_(size), values_(size + kGuard, std::nanf("")) {}
  // Starts from values that the kernel adds to, instead of NaN.
  explicit GuardedResult(const std::vector<float>& start)
      : size_(static_cast<std::int64_t>(start.size())), values_(start) {
    values_.resize(size_ + kGuard, std::nanf(""));
  }

  float* data() { return values_.data(); }
  float operator[](std::int64_t i) const { return values_[i]; }

  // expected(i) for all i < size.
  template <class Expected>
  void Check(const char* what, const Expected& expected) const {
    for (std::int64_t i = 0; i < size_; ++i) {
      ASSERT_TRUE(IsWithin(values_[i], expected(i))) << what << " " << i;
    }
    CheckGuard(what);
  }
  void CheckGuard(const char* what) const {
    const auto is_untouched = [](float v) { return std::isnan(v); };
    ASSERT_TRUE(std::all_of(values_.begin() + size_, values_.end(), is_untouched))
        << what << ": written behind the end";
  }

 private:
  static constexpr std::int64_t kGuard = 40;
  std::int64_t size_;
  std::vector<float> values_;
};

}  // namespace biasbench::reference
