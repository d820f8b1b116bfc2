// The row of the schedule `textbook`: its memory and its traffic, by formula.
#include <algorithm>
#include <cstdint>
#include <memory>

#include "schedule/bus_traffic.h"
#include "schedule/chunk_sums.h"
#include "schedule/memory_sum.h"
#include "schedule/schedules.h"
#include "schedule/textbook_schedule.h"
#include "schedule/training_state.h"

namespace biasbench::schedule {
namespace {

using memory::Category;
using memory::Phase;

bool TakesFloat32(const Formats& formats, Optimizer /*optimizer*/) { return formats.AreFloat32(); }

std::unique_ptr<Schedule> Make(Parameters& parameters, memory::Ledger& ledger) {
  return std::make_unique<TextbookSchedule>(parameters, ledger);
}

void AddBytes(const Configuration& configuration, MemorySum& sum) {
  const Shape& shape = configuration.shape;
  sum.Enter(Phase::kForward);
  sum.Add(Category::kWorkspace,
          {kFloatBytes, configuration.threads, TextbookSchedule::WorkspaceFloats(configuration)});
  sum.Add(Category::kActivations, {kFloatBytes, configuration.own_hidden(), shape.batch});
  sum.Enter(Phase::kBackward);
  sum.Add(Category::kDeltas, {kFloatBytes, configuration.own_hidden(), shape.batch});
  if (configuration.trains_weights()) {
    sum.Add(Category::kWeightGradient,
            {kFloatBytes, configuration.own_hidden(), configuration.row_length()});
    sum.Add(Category::kWeightGradient, {kFloatBytes, configuration.own_hidden(), shape.outputs});
  }
  if (configuration.trains_hidden_bias()) {
    sum.Add(Category::kBiasGradient, {kFloatBytes, configuration.bias_entries()});
    if (configuration.sums_bias_gradient()) {
      ChunkSums::AddBytes(Category::kBiasReduction, configuration.tiling(), configuration.threads,
                          1, sum);
    }
  }
  if (configuration.trains_output_bias()) {
    sum.Add(Category::kBiasGradient, {kFloatBytes, shape.outputs});
  }
  sum.Enter(Phase::kUpdate);
  TrainingState::AddBytes(configuration, sum);
}

// Parameters: forward 1R; δ needs them: 1R; trained: gradient 1W, update 2R + 1W. Activations are
// written by the product, read and written by ReLU, read by the outputs, by ReLU's gradient and by
// ∂A; deltas are written by the product, read and written by ReLU's gradient, read by ∂W and by ∂b.
BusBytes Traffic(const Configuration& configuration, const memory::CategoryBytes& stored) {
  const auto crossings = [](const ArrayUse& use) {
    return Crossings{1.0 + (use.delta_needs_it ? 1 : 0) + (use.is_trained ? 2 : 0),
                     use.is_trained ? 2.0 : 0.0};
  };
  const Crossings batch_arrays{4.0 + (configuration.trains_weights() ? 2 : 0) +
                                   (configuration.strategy.trains_bias() ? 1 : 0),
                               4};
  return ParameterTraffic(configuration, stored, crossings) + StateTraffic(stored) +
         BatchArrayTraffic(configuration, batch_arrays);
}

// Eigen's products pack panels of their operands, for each thread: of the batch, and of a cache's
// size.
std::int64_t LibraryBytes(const Configuration& configuration) {
  constexpr std::int64_t kPanelBytes = std::int64_t{2} << 20;
  const Shape& shape = configuration.shape;
  const std::int64_t batch_bytes =
      kFloatBytes * shape.batch * std::max(shape.inputs + 1, shape.outputs);
  return configuration.threads * (kPanelBytes + batch_bytes);
}

}  // namespace

constinit const ScheduleDescription kTextbookSchedule{
    .name = "textbook",
    .summary = "stores activations, deltas and all gradients, as a framework does",
    .stores_activations = true,
    .streams = false,
    .takes = TakesFloat32,
    .make = Make,
    .add_bytes = AddBytes,
    .bus_bytes = Traffic,
    .library_bytes = LibraryBytes};

}  // namespace biasbench::schedule
