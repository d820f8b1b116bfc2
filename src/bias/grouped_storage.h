// The storage of grouped biases: one float for each group of neighbouring nodes.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <span>

#include "bias/storage_policy.h"

namespace biasbench::bias {

class Grouped : public Stored<float> {
 public:
  static constexpr bool kTakesGroups = true;
  static std::int64_t Entries(std::int64_t hidden, std::int64_t group) {
    return (hidden + group - 1) / group;
  }

  explicit Grouped(const HiddenBias& bias)
      : values_(static_cast<float*>(bias.entries)),
        shift_(std::countr_zero(static_cast<std::uint64_t>(bias.group))) {}
  const float* Values(std::int64_t begin, std::span<float> scratch) const {
    for (std::size_t i = 0; i < scratch.size(); ++i) {
      scratch[i] = values_[FirstEntry(begin + static_cast<std::int64_t>(i))];
    }
    return scratch.data();
  }
  // The mean over each group (over the nodes there are, in a last group that is not full).
  void Reduce(std::span<const float> node_gradient, float* entry_gradient) const {
    const std::size_t group = std::size_t{1} << shift_;
    for (std::size_t i = 0; i < node_gradient.size(); i += group) {
      const auto nodes = node_gradient.subspan(i, std::min(group, node_gradient.size() - i));
      float sum = 0;
      for (const float g : nodes) sum += g;
      *entry_gradient++ = sum / static_cast<float>(nodes.size());
    }
  }
  template <class Step>
  void Update(std::int64_t begin, std::int64_t nodes, const float* entry_gradient,
              const Step& step) const {
    step(values_, entry_gradient, FirstEntry(begin), Entries(nodes, std::int64_t{1} << shift_));
  }
  std::int64_t FirstEntry(std::int64_t begin) const { return begin >> shift_; }

 private:
  float* values_;
  int shift_;
};

}  // namespace biasbench::bias
