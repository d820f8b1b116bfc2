// The storage of fixed biases: one number, held in the code path (0 bytes).
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "bias/storage_policy.h"

namespace biasbench::bias {

class Constant : public NotStored {
 public:
  explicit Constant(const HiddenBias& bias) : value_(bias.constant) {}
  const float* Values(std::int64_t /*begin*/, std::span<float> scratch) const {
    std::ranges::fill(scratch, value_);
    return scratch.data();
  }

 private:
  float value_;
};

}  // namespace biasbench::bias
