// Optimizers as steps on vectors: what turns a gradient, still in registers, into new parameters.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <string_view>

#include "bias/strategies.h"
#include "kernel/lanes.h"

namespace biasbench::kernel {

enum class Optimizer : std::uint8_t { kSgd, kMomentum, kAdam };

struct OptimizerDescription {
  std::string_view name;
  int states;  // numbers of state for each trained parameter
};
inline constexpr std::array<OptimizerDescription, 3> kOptimizers = {
    {{"sgd", 0}, {"momentum", 1}, {"adam", 2}}};

constexpr const OptimizerDescription& Describe(Optimizer optimizer) {
  return kOptimizers[static_cast<std::size_t>(optimizer)];
}

// What is the same for all parameters of one group.
struct GroupSettings {
  float rate_multiplier = 1;
  // Decoupled (Loshchilov and Hutter, arXiv 1711.05101): values shrink by learning_rate times it,
  // whatever the multiplier and the optimizer.
  float weight_decay = 0;
};

// What is the same for all parameters of one step.
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

// The velocity's decay: what frameworks' tutorials set.
inline constexpr float kVelocityDecay = 0.9F;
// Adam's decay rates and ε: the defaults of Kingma and Ba, 2015.
inline constexpr float kFirstDecay = 0.9F;
inline constexpr float kSecondDecay = 0.999F;
inline constexpr float kEpsilon = 1e-8F;

inline StepSettings::StepSettings(std::int64_t step_number, double rate)
    : number(step_number),
      learning_rate(static_cast<float>(rate)),
      first_correction(static_cast<float>(1 - std::pow(kFirstDecay, step_number))),
      second_correction(static_cast<float>(1 - std::pow(kSecondDecay, step_number))) {}

// An array of floats as a step sees it. (Bfloat16Values is another.)
struct FloatValues {
  float* data;

  template <class SomeLanes>
  HWY_INLINE Vector Load(std::int64_t i, SomeLanes lanes) const {
    return lanes.Load(data + i);
  }
  template <class SomeLanes>
  HWY_INLINE void Store(Vector v, std::int64_t i, SomeLanes lanes) const {
    lanes.Store(v, data + i);
  }
  void PrefetchAt(std::int64_t i) const { Prefetch(data + i); }
};

// The parameters of one group, with their state (null data where the optimizer has none).
template <class Values, class States = Values>
struct ParameterGroup {
  Values values;
  States first_moment;
  States second_moment;

  // Asks for what a step on parameter i will want, of so many moments.
  template <int kStates>
  HWY_INLINE void PrefetchAt(std::int64_t i) const {
    values.PrefetchAt(i);
    if constexpr (kStates > 0) first_moment.PrefetchAt(i);
    if constexpr (kStates > 1) second_moment.PrefetchAt(i);
  }
};

// (1 − η λ) θ: what a step's decay leaves of the values; as they are where λ = 0.
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

// θ −= η g. A kernel of its own without decay: one operation a vector of weights is six in a
// hundred of a gradient over sixteen samples.
template <bool kDecays>
class SgdStep {
 public:
  static constexpr int kStates = Describe(Optimizer::kSgd).states;

  SgdStep(const StepSettings& step, const GroupSettings& group)
      : minus_rate_(hn::Set(kFloat, -step.learning_rate * group.rate_multiplier)),
        decay_(step, group) {}

  template <class Values, class States, class SomeLanes>
  HWY_INLINE void operator()(const ParameterGroup<Values, States>& p, std::int64_t i,
                             Vector gradient, SomeLanes lanes) const {
    p.values.Store(Next(p.values.Load(i, lanes), gradient), i, lanes);
  }

  HWY_INLINE Vector Next(Vector values, Vector gradient) const {
    return hn::MulAdd(minus_rate_, gradient, decay_(values));
  }

 private:
  Vector minus_rate_;
  Decay<kDecays> decay_;
};
using Sgd = SgdStep<false>;
using DecayingSgd = SgdStep<true>;

// v ← 0.9 v + g, θ −= η v: frameworks' momentum (Polyak, 1964, with the rate outside the velocity).
class Momentum {
 public:
  static constexpr int kStates = Describe(Optimizer::kMomentum).states;

  Momentum(const StepSettings& step, const GroupSettings& group)
      : minus_rate_(hn::Set(kFloat, -step.learning_rate * group.rate_multiplier)),
        decay_(step, group) {}

  template <class Values, class States, class SomeLanes>
  HWY_INLINE void operator()(const ParameterGroup<Values, States>& p, std::int64_t i,
                             Vector gradient, SomeLanes lanes) const {
    const Vector velocity =
        hn::MulAdd(hn::Set(kFloat, kVelocityDecay), p.first_moment.Load(i, lanes), gradient);
    p.first_moment.Store(velocity, i, lanes);
    p.values.Store(hn::MulAdd(minus_rate_, velocity, decay_(p.values.Load(i, lanes))), i, lanes);
  }

 private:
  Vector minus_rate_;
  Decay<> decay_;
};

// Adam. Hidden parameters' gradients arrive multiplied by H, as the mean-field parametrization
// wants it, so that ε keeps its meaning at any width.
class Adam {
 public:
  static constexpr int kStates = Describe(Optimizer::kAdam).states;

  Adam(const StepSettings& step, const GroupSettings& group)
      : minus_rate_(
            hn::Set(kFloat, -step.learning_rate * group.rate_multiplier / step.first_correction)),
        second_scale_(hn::Set(kFloat, 1 / std::sqrt(step.second_correction))),
        decay_(step, group) {}

  template <class Values, class States, class SomeLanes>
  HWY_INLINE void operator()(const ParameterGroup<Values, States>& p, std::int64_t i,
                             Vector gradient, SomeLanes lanes) const {
    const Vector first =
        hn::MulAdd(hn::Set(kFloat, 1 - kFirstDecay), gradient,
                   hn::Mul(hn::Set(kFloat, kFirstDecay), p.first_moment.Load(i, lanes)));
    const Vector second =
        hn::MulAdd(hn::Mul(hn::Set(kFloat, 1 - kSecondDecay), gradient), gradient,
                   hn::Mul(hn::Set(kFloat, kSecondDecay), p.second_moment.Load(i, lanes)));
    p.first_moment.Store(first, i, lanes);
    p.second_moment.Store(second, i, lanes);
    const Vector denominator =
        hn::MulAdd(hn::Sqrt(second), second_scale_, hn::Set(kFloat, kEpsilon));
    const Vector direction = hn::Div(first, denominator);
    p.values.Store(hn::MulAdd(minus_rate_, direction, decay_(p.values.Load(i, lanes))), i, lanes);
  }

 private:
  Vector minus_rate_;
  Vector second_scale_;
  Decay<> decay_;
};

// Calls visit(step) with the optimizer's step for such a group.
template <class Visit>
void VisitStep(Optimizer optimizer, const StepSettings& settings, const GroupSettings& group,
               const Visit& visit) {
  switch (optimizer) {
    case Optimizer::kAdam:
      return visit(Adam(settings, group));
    case Optimizer::kMomentum:
      return visit(Momentum(settings, group));
    case Optimizer::kSgd:
      if (group.weight_decay != 0) return visit(DecayingSgd(settings, group));
      return visit(Sgd(settings, group));
  }
}

// Applies a step to `size` parameters whose gradients stand in memory.
template <class Step, class Values, class States>
void ApplyStep(const Step& step, const ParameterGroup<Values, States>& parameters,
               const float* gradient, std::int64_t size) {
  ForEachVector(size, [&](std::int64_t i, auto lanes) {
    step(parameters, i, lanes.Load(gradient + i), lanes);
  });
}

}  // namespace biasbench::kernel
