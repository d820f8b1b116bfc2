// The row of the schedule `blocked`: its memory and its traffic, by formula.
#include <memory>

#include "schedule/block_coefficients.h"
#include "schedule/blocked_schedule.h"
#include "schedule/blocked_workspace.h"
#include "schedule/bus_traffic.h"
#include "schedule/hidden_bias_step.h"
#include "schedule/memory_sum.h"
#include "schedule/parts.h"
#include "schedule/prepared_batch.h"
#include "schedule/schedules.h"
#include "schedule/training_state.h"

namespace biasbench::schedule {
namespace {

using memory::Category;
using memory::Phase;

// With few inputs, multiplying is faster than correcting: such a network takes one batch at a time,
// like `streaming_recompute`.
std::unique_ptr<Schedule> Make(Parameters& parameters, memory::Ledger& ledger) {
  if (!parameters.configuration.takes_blocks()) {
    return kStreamingRecomputeSchedule.make(parameters, ledger);
  }
  return std::make_unique<BlockedSchedule>(parameters, ledger);
}

bool Takes(const Formats& /*formats*/, Optimizer optimizer) {
  return Describe(optimizer).states == 0;
}

void AddBytes(const Configuration& configuration, MemorySum& sum) {
  if (!configuration.takes_blocks()) {
    return kStreamingRecomputeSchedule.add_bytes(configuration, sum);
  }
  sum.Enter(Phase::kForward);
  Parts::AddBytes(configuration, BlockedWorkspace(configuration).size, sum);
  PreparedBatch::AddBytes(configuration, sum);
  PreparedBatch::AddBytes(configuration, sum);
  sum.Add(Category::kActivations,
          {kFloatBytes, configuration.own_hidden(), configuration.pass_samples()});
  BlockCoefficients::AddBytes(configuration, sum);
  sum.Enter(Phase::kUpdate);
  TrainingState::AddBytes(configuration, sum);
  HiddenBiasStep::AddBytes(configuration, sum);
}

// The traffic of a step: hidden weights once in a block, everything else each step; and crossings
// of the columns in a block:
//
//   written by the product, read by the closing                                  2
//   in each step: z written and read, ∂z written; earlier ones of the sub-block  3 + (n − 1) / 2
//   brought up to date: read, written, all earlier ones read                     2 + (m − 1) / 2
//
// with n batches in a sub-block and m sub-blocks in a block. Where one bias spans all nodes, output
// weights and the columns of a sub-block are read once more.
BusBytes Traffic(const Configuration& configuration, const memory::CategoryBytes& stored) {
  if (!configuration.takes_blocks()) {
    return kStreamingRecomputeSchedule.bus_bytes(configuration, stored);
  }
  const auto batch = static_cast<double>(configuration.shape.batch);
  const auto samples = static_cast<double>(configuration.pass_samples());
  const auto sub_block =
      static_cast<double>(BlockCoefficients::SubBlockSamples(configuration.shape.batch));
  const double steps = samples / batch;
  const bool again = configuration.sums_bias_gradient();
  const auto crossings = [&](const ArrayUse& use) {
    const double writes = use.is_trained ? 1 : 0;
    if (use.meets_inputs) return Crossings{1 / steps, writes / steps};
    return Crossings{use.delta_needs_it && again ? 2.0 : 1.0, writes};
  };
  Crossings columns{2, 3};  // where weights are not trained, only those of the step
  if (configuration.trains_weights()) {
    const double batches = sub_block / batch;
    columns = {3 + (batches - 1) / 2 + (samples / sub_block - 1) / 2, 4};
    if (again) columns.reads += (batches - 1) / batches;
  }
  return ParameterTraffic(configuration, stored, crossings) +
         BatchArrayTraffic(configuration, columns);
}

}  // namespace

constinit const ScheduleDescription kBlockedSchedule = {
    .name = "blocked",
    .summary =
        "exact SGD on small batches: the hidden weights move once a block of --block samples",
    .stores_activations = false,
    .streams = true,
    .takes_blocks = true,
    .takes = Takes,
    .make = Make,
    .add_bytes = AddBytes,
    .bus_bytes = Traffic};

}  // namespace biasbench::schedule
