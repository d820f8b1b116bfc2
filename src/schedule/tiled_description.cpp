// The rows of the tiled schedules: their memory and their traffic, by formula.
#include <memory>
#include <string_view>

#include "kernel/activation_mask.h"
#include "schedule/bus_traffic.h"
#include "schedule/hidden_bias_step.h"
#include "schedule/memory_sum.h"
#include "schedule/parts.h"
#include "schedule/prepared_batch.h"
#include "schedule/schedules.h"
#include "schedule/tiled_schedule.h"
#include "schedule/tiled_workspace.h"
#include "schedule/training_state.h"

namespace biasbench::schedule {
namespace {

using memory::Category;
using memory::Phase;

bool TakesAll(const Formats& /*formats*/, Optimizer /*optimizer*/) { return true; }

std::unique_ptr<Schedule> Make(Parameters& parameters, memory::Ledger& ledger) {
  return std::make_unique<TiledSchedule>(parameters, parameters.configuration, ledger);
}

void AddBytes(const Configuration& configuration, MemorySum& sum) {
  TiledSchedule::AddForwardBytes(configuration, sum);
  sum.Enter(Phase::kUpdate);
  TrainingState::AddBytes(configuration, sum);
  HiddenBiasStep::AddBytes(configuration, sum);
}

// The number of times an array of parameters crosses the bus in a step:
//
//   two passes forward 1R; backward, trained: 1R + 1W; else 1R where δ or recomputing needs it
//   one pass   1R; trained: 1W
//
// Activations, where they are stored, are written once and read once.
BusBytes Traffic(const Configuration& configuration, const memory::CategoryBytes& stored) {
  const bool stores_activations = Describe(configuration.schedule).stores_activations;
  const auto crossings = [&](const ArrayUse& use) {
    const bool is_read_again = !MakesOnePass(configuration) &&
                               (use.is_trained || use.delta_needs_it || !stores_activations);
    return Crossings{is_read_again ? 2.0 : 1.0, use.is_trained ? 1.0 : 0.0};
  };
  const double kept = stores_activations ? 1 : 0;
  return ParameterTraffic(configuration, stored, crossings) + StateTraffic(stored) +
         BatchArrayTraffic(configuration, {kept, kept});
}

constexpr ScheduleDescription Row(std::string_view name, std::string_view summary,
                                  bool stores_activations, bool streams) {
  return {.name = name,
          .summary = summary,
          .stores_activations = stores_activations,
          .streams = streams,
          .takes = TakesAll,
          .make = Make,
          .add_bytes = AddBytes,
          .bus_bytes = Traffic};
}

}  // namespace

void TiledSchedule::AddForwardBytes(const Configuration& configuration, MemorySum& sum) {
  const Shape& shape = configuration.shape;
  sum.Enter(Phase::kForward);
  Parts::AddBytes(configuration, TiledWorkspace(configuration).size, sum);
  PreparedBatch::AddBytes(configuration, sum);
  if (MakesOnePass(configuration)) PreparedBatch::AddBytes(configuration, sum);
  switch (KeptBy(configuration)) {
    case Kept::kActivations:
      sum.Add(Category::kActivations, {kFloatBytes, configuration.own_hidden(), shape.batch});
      break;
    case Kept::kMask:
      sum.Add(Category::kActivations,
              {kernel::MaskBytes(MemorySum::Multiply({configuration.own_hidden(), shape.batch}))});
      break;
    case Kept::kNothing:
      break;
  }
}

constinit const ScheduleDescription kInPlaceSchedule = Row(
    "in_place", "stores activations; applies each gradient at once, from registers", true, false);
constinit const ScheduleDescription kRecomputeSchedule =
    Row("recompute", "stores nothing but the parameters; recomputes each tile's activations", false,
        false);
constinit const ScheduleDescription kStreamingSchedule = Row(
    "streaming", "in_place in one pass a step: update, then the next batch's outputs", true, true);
constinit const ScheduleDescription kStreamingRecomputeSchedule =
    Row("streaming_recompute", "recompute in one pass a step", false, true);

}  // namespace biasbench::schedule
