// The storage of hashed biases: drawn again from the counter where used (0 bytes).
#pragma once

#include <cstdint>
#include <span>

#include "bias/storage_policy.h"

namespace biasbench::bias {

class Hashed : public NotStored {
 public:
  explicit Hashed(const HiddenBias& bias)
      : seed_(bias.seed), half_width_(bias.random_half_width), first_node_(bias.first_node) {}
  const float* Values(std::int64_t begin, std::span<float> scratch) const {
    random::FillUniform(seed_, random::Stream::kHiddenBias,
                        static_cast<std::uint64_t>(first_node_ + begin), half_width_, scratch);
    return scratch.data();
  }

 private:
  random::Seed seed_;
  float half_width_;
  std::int64_t first_node_;
};

}  // namespace biasbench::bias
