// Optimizer state, made at the first update; each group of parameters has the states its optimizer
// asks for. The weights' is stored in a format of its own, biases' as floats.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernel/bfloat16.h"
#include "kernel/optimizer.h"
#include "kernel/parameters.h"
#include "memory/tracked_buffer.h"

namespace biasbench::kernel {

// The moments of one group of parameters, stored in a format.
class Moments {
 public:
  Moments() = default;
  Moments(memory::Ledger& ledger, memory::Category category, Optimizer optimizer,
          std::int64_t parameters, NumberFormat format = NumberFormat::kFloat32) {
    const int states = Describe(optimizer).states;
    const std::int64_t bytes = parameters * BytesPerValue(format);
    if (states > 0) first_ = {ledger, category, bytes};
    if (states > 1) second_ = {ledger, category, bytes};
  }

  // With the group's parameters from `begin` on, whose values are given, for the step of an
  // optimizer with so many states, which are floats.
  template <int kStates, class Values>
  ParameterGroup<Values, FloatValues> Of(Values values, std::int64_t begin = 0) const {
    return {values,
            {At<float, (kStates > 0)>(first_, begin)},
            {At<float, (kStates > 1)>(second_, begin)}};
  }
  // The same of states in bfloat16; the keys are those of their roundings.
  template <int kStates, class Values>
  ParameterGroup<Values, Bfloat16Values> Of(Values values, std::int64_t begin,
                                            std::uint32_t first_key,
                                            std::uint32_t second_key) const {
    return {values,
            {At<std::uint16_t, (kStates > 0)>(first_, begin), first_key},
            {At<std::uint16_t, (kStates > 1)>(second_, begin), second_key}};
  }

 private:
  using Buffer = memory::TrackedBuffer<std::byte>;

  template <class Value, bool kIsThere>
  static Value* At(const Buffer& moment, std::int64_t begin) {
    if constexpr (kIsThere) {
      return reinterpret_cast<Value*>(moment.data()) + begin;
    } else {
      return nullptr;
    }
  }

  Buffer first_;
  Buffer second_;
};

class TrainingState {
 public:
  TrainingState(memory::Ledger& ledger, Optimizer optimizer, const Parameters& parameters)
      : bias_optimizer_(parameters.strategy.strategy->has_plain_updates ? Optimizer::kSgd
                                                                        : optimizer) {
    using memory::Category;
    const Shape& shape = parameters.shape;
    if (parameters.trains_weights()) {
      const auto moments = [&](std::int64_t per_node) {
        return Moments(ledger, Category::kWeightOptimizerState, optimizer, shape.hidden * per_node,
                       parameters.formats.states);
      };
      hidden_weights_ = moments(parameters.row_length);
      output_weights_ = moments(shape.outputs);
    }
    if (parameters.trains_hidden_bias()) {
      hidden_bias_ =
          Moments(ledger, Category::kBiasOptimizerState, bias_optimizer_, parameters.bias_entries);
    }
    if (parameters.trains_output_bias()) {
      output_bias_ = Moments(ledger, Category::kBiasOptimizerState, bias_optimizer_, shape.outputs);
    }
  }

  void FreeBiasState() {
    hidden_bias_ = {};
    output_bias_ = {};
  }

  Optimizer bias_optimizer() const { return bias_optimizer_; }
  const Moments& hidden_weights() const { return hidden_weights_; }
  const Moments& output_weights() const { return output_weights_; }
  const Moments& hidden_bias() const { return hidden_bias_; }
  const Moments& output_bias() const { return output_bias_; }

 private:
  Optimizer bias_optimizer_;
  Moments hidden_weights_;
  Moments output_weights_;
  Moments hidden_bias_;
  Moments output_bias_;
};

}  // namespace biasbench::kernel
