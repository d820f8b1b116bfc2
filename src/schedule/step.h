// The parts of an optimizer's step that all optimizers share: settings, the group of parameters,
// and decay.
#pragma once

#include <cmath>
#include <cstdint>
#include <string_view>

#include "bias/strategies.h"
#include "kernel/lanes.h"

namespace biasbench::schedule {

namespace hn = kernel::hn;
using kernel::kFloat;
using kernel::Vector;

// An optimizer's row (see optimizer.h).
struct OptimizerDescription {
  std::string_view name;
  int states;  // numbers of state for each trained parameter
};

// The settings of a step that hold for one group of parameters.
struct GroupSettings {
  float rate_multiplier = 1;
  // Decoupled (Loshchilov and Hutter, arXiv 1711.05101): values shrink by learning_rate times it,
  // whatever the multiplier and the optimizer.
  float weight_decay = 0;
};

// The settings of a step that hold for all parameters.
struct StepSettings {
  // Steps are numbered from 1.
  StepSettings(std::int64_t step_number, double rate);

  std::int64_t number;
  float learning_rate;
  // bias::Selection::Multipliers.
  float hidden_bias_multiplier = 1;
  float output_bias_multiplier = 1;
  bool updates_biases = true;  // false: biases are frozen (and may be without gradient and state)
  float weight_decay = 0;
  bool decays_biases = false;
  // Adam's bias corrections 1 − β^number.
  float first_correction;
  float second_correction;

  void SetBiasMultipliers(const bias::BiasMultipliers& multipliers) {
    hidden_bias_multiplier = static_cast<float>(multipliers.hidden);
    output_bias_multiplier = static_cast<float>(multipliers.output);
  }

  GroupSettings weights() const { return {1, weight_decay}; }
  GroupSettings hidden_bias() const { return {hidden_bias_multiplier, bias_decay()}; }
  GroupSettings output_bias() const { return {output_bias_multiplier, bias_decay()}; }

 private:
  float bias_decay() const { return decays_biases ? weight_decay : 0; }
};

// Adam's decay rates: the defaults of Kingma and Ba, 2015.
inline constexpr float kFirstDecay = 0.9F;
inline constexpr float kSecondDecay = 0.999F;

inline StepSettings::StepSettings(std::int64_t step_number, double rate)
    : number(step_number),
      learning_rate(static_cast<float>(rate)),
      first_correction(static_cast<float>(1 - std::pow(kFirstDecay, step_number))),
      second_correction(static_cast<float>(1 - std::pow(kSecondDecay, step_number))) {}

// The parameters of one group, with their state (null data where the optimizer has none).
template <class Values, class States = Values>
struct ParameterGroup {
  Values values;
  States first_moment;
  States second_moment;

  // Prefetches parameter i and its kStates moments.
  template <int kStates>
  HWY_INLINE void PrefetchAt(std::int64_t i) const {
    values.PrefetchAt(i);
    if constexpr (kStates > 0) first_moment.PrefetchAt(i);
    if constexpr (kStates > 1) second_moment.PrefetchAt(i);
  }
};

// The values after a step's decay, (1 − η λ) θ; unchanged if λ = 0.
template <bool kDecays = true>
class Decay {
 public:
  Decay(const StepSettings& step, const GroupSettings& group)
      : kept_(hn::Set(kFloat, 1 - step.learning_rate * group.weight_decay)) {}

  HWY_INLINE Vector operator()(Vector values) const {
    return kDecays ? hn::Mul(kept_, values) : values;
  }

 private:
  Vector kept_;
};

}  // namespace biasbench::schedule
