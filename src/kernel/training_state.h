// Optimizer state, made at the first update; each group of parameters has the states its optimizer
// asks for.
#pragma once

#include <cstdint>

#include "kernel/optimizer.h"
#include "kernel/parameters.h"
#include "memory/tracked_buffer.h"

namespace biasbench::kernel {

// The moments of one group of parameters.
class Moments {
 public:
  Moments() = default;
  Moments(memory::Ledger& ledger, memory::Category category, Optimizer optimizer,
          std::int64_t parameters) {
    const int states = Describe(optimizer).states;
    if (states > 0) first_ = memory::TrackedBuffer<float>(ledger, category, parameters);
    if (states > 1) second_ = memory::TrackedBuffer<float>(ledger, category, parameters);
  }

  // Of the group's parameters from `begin` on, whose values are given.
  template <class Values>
  ParameterGroup<Values> Of(Values values, std::int64_t begin = 0) const {
    return {values, At(first_, begin), At(second_, begin)};
  }

 private:
  static float* At(const memory::TrackedBuffer<float>& moment, std::int64_t begin) {
    return moment.empty() ? nullptr : moment.data() + begin;
  }

  memory::TrackedBuffer<float> first_;
  memory::TrackedBuffer<float> second_;
};

class TrainingState {
 public:
  TrainingState(memory::Ledger& ledger, Optimizer optimizer, const Parameters& parameters)
      : bias_optimizer_(parameters.strategy.strategy->has_plain_updates ? Optimizer::kSgd
                                                                        : optimizer) {
    using memory::Category;
    const Shape& shape = parameters.shape;
    if (parameters.trains_weights()) {
      hidden_weights_ = Moments(ledger, Category::kWeightOptimizerState, optimizer,
                                shape.hidden * parameters.row_length);
      output_weights_ =
          Moments(ledger, Category::kWeightOptimizerState, optimizer, shape.hidden * shape.outputs);
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
