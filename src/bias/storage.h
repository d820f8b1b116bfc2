// Storage policies: how the hidden layer's biases are kept, one type each.
//
// A policy stores Entries(hidden, group) values of type Entry and offers
//   Values(begin, scratch)   the biases of nodes begin … begin + scratch.size() − 1, where they are
//                            stored as floats, or put into scratch; null without biases
// and, where it is updated,
//   Reduce(…)     the entries' gradients from the nodes' (identity, or the mean over a group)
//   Update(…)     the step b −= η m gradient on the entries of a tile
// Node ranges begin at a multiple of kMaxGroup's divisors, so a group never straddles two tiles.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <span>

#include "bias/strategies.h"
#include "random/philox.h"

namespace biasbench::bias {

// Random biases are uniform in ±√3 unless told otherwise: unit variance.
inline constexpr float kRandomHalfWidth = 1.7320508F;

// What a policy is made from.
struct HiddenBias {
  void* entries = nullptr;  // Entries(hidden, group) of the policy's Entry, or null
  std::int64_t hidden = 0;
  std::int64_t group = 1;
  float constant = 0;
  random::Seed seed = 0;
  float random_half_width = kRandomHalfWidth;
};

// Without gradient and update: what every storage that is not updated shares.
struct NotUpdated {
  static constexpr bool kIsUpdated = false;
  static constexpr bool kSpansTiles = false;
  using Entry = float;
  static std::int64_t Entries(std::int64_t /*hidden*/, std::int64_t /*group*/) { return 0; }
};

class NoBias : public NotUpdated {
 public:
  explicit NoBias(const HiddenBias& /*bias*/) {}
  const float* Values(std::int64_t /*begin*/, std::span<float> /*scratch*/) const {
    return nullptr;
  }
};

class Constant : public NotUpdated {
 public:
  explicit Constant(const HiddenBias& bias) : value_(bias.constant) {}
  const float* Values(std::int64_t /*begin*/, std::span<float> scratch) const {
    std::ranges::fill(scratch, value_);
    return scratch.data();
  }

 private:
  float value_;
};

class Hashed : public NotUpdated {
 public:
  explicit Hashed(const HiddenBias& bias) : seed_(bias.seed), half_width_(bias.random_half_width) {}
  const float* Values(std::int64_t begin, std::span<float> scratch) const {
    random::FillUniform(seed_, random::Stream::kHiddenBias, static_cast<std::uint64_t>(begin),
                        half_width_, scratch);
    return scratch.data();
  }

 private:
  random::Seed seed_;
  float half_width_;
};

class PerNeuron {
 public:
  static constexpr bool kIsUpdated = true;
  static constexpr bool kSpansTiles = false;
  using Entry = float;
  static std::int64_t Entries(std::int64_t hidden, std::int64_t /*group*/) { return hidden; }

  explicit PerNeuron(const HiddenBias& bias) : values_(static_cast<float*>(bias.entries)) {}
  const float* Values(std::int64_t begin, std::span<float> /*scratch*/) const {
    return values_ + begin;
  }
  // node_gradient: that of nodes begin, begin + 1, …; entry_gradient: that of the nodes' entries.
  void Reduce(std::span<const float> node_gradient, float* entry_gradient) const {
    std::ranges::copy(node_gradient, entry_gradient);
  }
  // step(values, gradient, first_entry, count) is the optimizer's.
  template <class Step>
  void Update(std::int64_t begin, std::int64_t nodes, const float* entry_gradient,
              std::uint32_t /*step_number*/, const Step& step) const {
    step(values_ + begin, entry_gradient, begin, nodes);
  }
  std::int64_t FirstEntry(std::int64_t begin) const { return begin; }

 private:
  float* values_;
};

// bfloat16 is the upper half of a float; v rounds up with the probability of its lower half, so
// that steps far below the last place are right on average.
inline std::uint16_t RoundStochastically(float v, std::uint16_t random_bits) {
  const auto bits = std::bit_cast<std::uint32_t>(v);
  const bool is_finite = (bits & 0x7f800000U) != 0x7f800000U;
  const std::uint32_t rounded = is_finite ? bits + random_bits : bits;
  // A NaN whose payload lies in the lower half must not become an infinity.
  const bool is_nan = !is_finite && (bits & 0x007fffffU) != 0;
  return static_cast<std::uint16_t>((rounded >> 16) | (is_nan ? 0x40U : 0U));
}

inline float FromBfloat16(std::uint16_t bits) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}

class Bfloat16 {
 public:
  static constexpr bool kIsUpdated = true;
  static constexpr bool kSpansTiles = false;
  using Entry = std::uint16_t;
  static std::int64_t Entries(std::int64_t hidden, std::int64_t /*group*/) { return hidden; }

  explicit Bfloat16(const HiddenBias& bias)
      : values_(static_cast<std::uint16_t*>(bias.entries)), seed_(bias.seed) {}
  const float* Values(std::int64_t begin, std::span<float> scratch) const {
    std::transform(values_ + begin, values_ + begin + scratch.size(), scratch.begin(),
                   FromBfloat16);
    return scratch.data();
  }
  void Reduce(std::span<const float> node_gradient, float* entry_gradient) const {
    std::ranges::copy(node_gradient, entry_gradient);
  }
  template <class Step>
  void Update(std::int64_t begin, std::int64_t nodes, const float* entry_gradient,
              std::uint32_t step_number, const Step& step) const {
    // Eight values a time: the sixteen-bit halves of one Philox block.
    constexpr std::int64_t kPerBlock = 8;
    for (std::int64_t i = 0; i < nodes; i += kPerBlock) {
      const std::int64_t count = std::min(kPerBlock, nodes - i);
      const std::int64_t first = begin + i;
      const auto block = random::Block(seed_, random::Stream::kRounding,
                                       static_cast<std::uint64_t>(first / kPerBlock), step_number);
      float values[kPerBlock];
      for (std::int64_t j = 0; j < count; ++j) values[j] = FromBfloat16(values_[first + j]);
      step(values, entry_gradient + i, first, count);
      for (std::int64_t j = 0; j < count; ++j) {
        const auto random_bits = static_cast<std::uint16_t>(block[j / 2] >> (16 * (j % 2)));
        values_[first + j] = RoundStochastically(values[j], random_bits);
      }
    }
  }
  std::int64_t FirstEntry(std::int64_t begin) const { return begin; }

 private:
  std::uint16_t* values_;
  random::Seed seed_;
};

class Grouped {
 public:
  static constexpr bool kIsUpdated = true;
  static constexpr bool kSpansTiles = false;
  using Entry = float;
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
              std::uint32_t /*step_number*/, const Step& step) const {
    const std::int64_t first = FirstEntry(begin);
    step(values_ + first, entry_gradient, first, Entries(nodes, std::int64_t{1} << shift_));
  }
  std::int64_t FirstEntry(std::int64_t begin) const { return begin >> shift_; }

 private:
  float* values_;
  int shift_;
};

// One value for all nodes: its gradient is the mean over every tile, so tiles only hand in sums
// (kSpansTiles) and the schedule updates the value after the last one.
class Shared {
 public:
  static constexpr bool kIsUpdated = true;
  static constexpr bool kSpansTiles = true;
  using Entry = float;
  static std::int64_t Entries(std::int64_t /*hidden*/, std::int64_t /*group*/) { return 1; }

  explicit Shared(const HiddenBias& bias)
      : value_(static_cast<float*>(bias.entries)), hidden_(bias.hidden) {}
  const float* Values(std::int64_t /*begin*/, std::span<float> scratch) const {
    std::ranges::fill(scratch, *value_);
    return scratch.data();
  }
  // The tile's share of the mean over all hidden nodes.
  void Reduce(std::span<const float> node_gradient, float* entry_gradient) const {
    float sum = 0;
    for (const float g : node_gradient) sum += g;
    *entry_gradient = sum / static_cast<float>(hidden_);
  }
  template <class Step>
  void Update(std::int64_t /*begin*/, std::int64_t /*nodes*/, const float* entry_gradient,
              std::uint32_t /*step_number*/, const Step& step) const {
    step(value_, entry_gradient, 0, 1);
  }
  std::int64_t FirstEntry(std::int64_t /*begin*/) const { return 0; }

 private:
  float* value_;
  std::int64_t hidden_;
};

// Calls visitor.operator()<Policy>() for the storage's policy: the one place where the run-time
// choice becomes a type.
template <class Visitor>
decltype(auto) VisitStorage(Storage storage, Visitor&& visitor) {
  switch (storage) {
    case Storage::kNone:
      return visitor.template operator()<NoBias>();
    case Storage::kConstant:
      return visitor.template operator()<Constant>();
    case Storage::kHashed:
      return visitor.template operator()<Hashed>();
    case Storage::kBfloat16:
      return visitor.template operator()<Bfloat16>();
    case Storage::kGrouped:
      return visitor.template operator()<Grouped>();
    case Storage::kShared:
      return visitor.template operator()<Shared>();
    case Storage::kPerNeuron:
      break;
  }
  return visitor.template operator()<PerNeuron>();
}

}  // namespace biasbench::bias
