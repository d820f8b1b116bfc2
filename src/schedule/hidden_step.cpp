#include "schedule/hidden_step.h"

#include "schedule/weight_groups.h"
#include "schedule/weight_rows.h"

namespace biasbench::schedule {

std::int64_t StepHiddenWeights(const HiddenStep& step) {
  std::int64_t unwritten = 0;
  VisitWeightGroups(step.parameters, step.state, step.tile, step.settings,
                    [&](const auto& optimizer_step, const auto& hidden, const auto& /*output*/) {
                      unwritten =
                          kernel::StepHidden(step.tile.size, WeightRows(optimizer_step, hidden),
                                             step.batch, step.delta);
                    });
  return unwritten;
}

}  // namespace biasbench::schedule
