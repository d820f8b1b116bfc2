// The storage of networks without biases.
#pragma once

#include <cstdint>
#include <span>

#include "bias/storage_policy.h"

namespace biasbench::bias {

class NoBias : public NotStored {
 public:
  explicit NoBias(const HiddenBias& /*bias*/) {}
  const float* Values(std::int64_t /*begin*/, std::span<float> /*scratch*/) const {
    return nullptr;
  }
};

}  // namespace biasbench::bias
