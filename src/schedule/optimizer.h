// The optimizers, which turn a gradient, still in registers, into new parameters. An optimizer is a
// file of its own and a row here: a type with its description and WithStep(step, group, visit),
// which calls visit(step) with a step that knows how many states it needs (kStates) and takes
//
//   step(parameters, i, gradient, lanes)
//
// on the vector of a group's parameters from i on; the step returns them as stored. Its
// kKeepsAtZero says whether a gradient of zero leaves every parameter unchanged.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "schedule/adam.h"
#include "schedule/momentum.h"
#include "schedule/sgd.h"
#include "schedule/step.h"

namespace biasbench::schedule {

enum class Optimizer : std::uint8_t { kSgd, kMomentum, kAdam };
inline constexpr auto kOptimizers =
    std::to_array({Sgd::kDescription, Momentum::kDescription, Adam::kDescription});

constexpr const OptimizerDescription& Describe(Optimizer optimizer) {
  return kOptimizers[static_cast<std::size_t>(optimizer)];
}

// Calls visit(step) with the optimizer's step for such a group.
template <class Visit>
void VisitStep(Optimizer optimizer, const StepSettings& settings, const GroupSettings& group,
               const Visit& visit) {
  switch (optimizer) {
    case Optimizer::kAdam:
      return Adam::WithStep(settings, group, visit);
    case Optimizer::kMomentum:
      return Momentum::WithStep(settings, group, visit);
    case Optimizer::kSgd:
      return Sgd::WithStep(settings, group, visit);
  }
}

// Applies a step to `size` parameters whose gradients stand in memory.
template <class Step, class Values, class States>
void ApplyStep(const Step& step, const ParameterGroup<Values, States>& parameters,
               const float* gradient, std::int64_t size) {
  kernel::ForEachVector(size, [&](std::int64_t i, auto lanes) {
    step(parameters, i, lanes.Load(gradient + i), lanes);
  });
}

}  // namespace biasbench::schedule
