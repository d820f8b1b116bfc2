// The storage of one bias a hidden node: a float, or rounded to two bytes.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "bias/storage_policy.h"

namespace biasbench::bias {

template <class T>
class PerNeuronOf : public Stored<T> {
 public:
  static std::int64_t Entries(std::int64_t hidden, std::int64_t /*group*/) { return hidden; }

  explicit PerNeuronOf(const HiddenBias& bias) : values_(static_cast<T*>(bias.entries)) {}
  T* Values(std::int64_t begin, std::span<float> /*scratch*/) const { return values_ + begin; }
  void Reduce(std::span<const float> node_gradient, float* entry_gradient) const {
    std::ranges::copy(node_gradient, entry_gradient);
  }
  template <class Step>
  void Update(std::int64_t begin, std::int64_t nodes, const float* entry_gradient,
              const Step& step) const {
    step(values_, entry_gradient, begin, nodes);
  }
  std::int64_t FirstEntry(std::int64_t begin) const { return begin; }

 private:
  T* values_;
};

using PerNeuron = PerNeuronOf<float>;
using Bfloat16 = PerNeuronOf<std::uint16_t>;  // stochastically rounded

}  // namespace biasbench::bias
