// The optimizer's state, made at the first update: each group of parameters has the states that its
// optimizer needs. Those of weights are stored in a format of their own, those of biases as floats.
#pragma once

#include <cstdint>

#include "kernel/number_format.h"
#include "memory/tracked_buffer.h"
#include "schedule/configuration.h"
#include "schedule/memory_sum.h"
#include "schedule/step.h"
#include "schedule/stored_values.h"

namespace biasbench::schedule {

// The moments of one group of parameters, stored in a format.
class Moments {
 public:
  Moments() = default;
  // Throws memory::OutOfMemory.
  Moments(memory::Ledger& ledger, memory::Category category, Optimizer optimizer,
          std::int64_t parameters, kernel::NumberFormat format = kernel::NumberFormat::kFloat32) {
    const int states = Describe(optimizer).states;
    if (states > 0) first_ = {ledger, category, format, parameters};
    if (states > 1) second_ = {ledger, category, format, parameters};
  }

  // The group's parameters from `begin` on with their moments, for the step of an optimizer with
  // kStates states in Format. `values` are the parameters' values; the keys are those of the
  // roundings.
  template <int kStates, class Format = kernel::Float32, class Values>
  ParameterGroup<Values, typename Format::Values> Of(Values values, std::int64_t begin = 0,
                                                     std::uint32_t first_key = 0,
                                                     std::uint32_t second_key = 0) const {
    return {values, Format::At(kStates > 0 ? first_.As<Format>(begin) : nullptr, first_key),
            Format::At(kStates > 1 ? second_.As<Format>(begin) : nullptr, second_key)};
  }

 private:
  StoredValues first_;
  StoredValues second_;
};

class TrainingState {
 public:
  // Throws memory::OutOfMemory.
  TrainingState(memory::Ledger& ledger, const Configuration& configuration);
  // The formula of its bytes.
  static void AddBytes(const Configuration& configuration, MemorySum& sum);

  void FreeBiasState() {
    hidden_bias_ = {};
    output_bias_ = {};
  }

  const Moments& hidden_weights() const { return hidden_weights_; }
  const Moments& output_weights() const { return output_weights_; }
  const Moments& hidden_bias() const { return hidden_bias_; }
  const Moments& output_bias() const { return output_bias_; }

 private:
  Moments hidden_weights_;
  Moments output_weights_;
  Moments hidden_bias_;
  Moments output_bias_;
};

}  // namespace biasbench::schedule
