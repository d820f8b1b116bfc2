// The storage of one bias for the whole layer. Its gradient is a mean over all tiles, so each tile
// only contributes a sum (kSpansTiles), and the schedule updates the value after the last tile.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "bias/storage_policy.h"

namespace biasbench::bias {

class Shared : public Stored<float> {
 public:
  static constexpr bool kSpansTiles = true;
  static std::int64_t Entries(std::int64_t /*hidden*/, std::int64_t /*group*/) { return 1; }

  explicit Shared(const HiddenBias& bias)
      : value_(static_cast<float*>(bias.entries)), all_hidden_(bias.all_hidden) {}
  const float* Values(std::int64_t /*begin*/, std::span<float> scratch) const {
    std::ranges::fill(scratch, *value_);
    return scratch.data();
  }
  // Computes the tile's share of the mean over all hidden nodes.
  void Reduce(std::span<const float> node_gradient, float* entry_gradient) const {
    float sum = 0;
    for (const float g : node_gradient) sum += g;
    *entry_gradient = sum / static_cast<float>(all_hidden_);
  }
  template <class Step>
  void Update(std::int64_t /*begin*/, std::int64_t /*nodes*/, const float* entry_gradient,
              const Step& step) const {
    step(value_, entry_gradient, 0, 1);
  }
  std::int64_t FirstEntry(std::int64_t /*begin*/) const { return 0; }

 private:
  float* value_;
  std::int64_t all_hidden_;
};

}  // namespace biasbench::bias
