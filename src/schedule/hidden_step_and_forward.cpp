#include "schedule/hidden_step.h"
#include "schedule/weight_groups.h"
#include "schedule/weight_rows.h"

namespace biasbench::schedule {

std::optional<std::int64_t> StepAndForwardInOneWalk(const HiddenStep& step,
                                                    const kernel::BatchView& next,
                                                    const float* bias, float* activation) {
  std::optional<std::int64_t> unwritten;
  VisitWeightGroups(step.parameters, step.state, step.tile, step.settings,
                    [&](const auto& optimizer_step, const auto& hidden, const auto& /*output*/) {
                      const WeightRows rows(optimizer_step, hidden);
                      if (!kernel::SuitsOneWalk<decltype(rows)>(step.batch, next)) return;
                      unwritten = kernel::StepAndForwardHidden(
                          step.parameters.configuration.activation, step.tile.size, rows,
                          step.batch, step.delta, next, bias, activation);
                    });
  return unwritten;
}

}  // namespace biasbench::schedule
