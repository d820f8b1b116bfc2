#include "bench/roofline_fractions.h"

#include <algorithm>

#include "bias/strategies.h"
#include "kernel/schedule.h"
#include "kernel/shape.h"
#include "network/footprint.h"

namespace biasbench::bench {
namespace {

using kernel::ScheduleKind;
using memory::Category;

// A schedule that streams makes one pass, unless one bias for all nodes forces a second.
bool MakesOnePass(const network::Configuration& configuration) {
  return kernel::Describe(configuration.schedule).streams &&
         configuration.strategy.strategy->storage != bias::Storage::kShared;
}

// How often an array of parameters crosses the bus in a step:
//
//   textbook   forward 1R; δ needs it: 1R; trained: gradient 1W, update 2R + 1W
//   two passes forward 1R; backward, trained: 1R + 1W; else 1R where δ or recomputing needs it
//   one pass   1R; trained: 1W
double Crossings(const network::Configuration& configuration, bool is_trained,
                 bool delta_needs_it) {
  if (configuration.schedule == ScheduleKind::kTextbook) {
    return 1 + (delta_needs_it ? 1 : 0) + (is_trained ? 4 : 0);
  }
  if (MakesOnePass(configuration)) return is_trained ? 2 : 1;
  if (is_trained) return 3;
  const bool recomputes = !kernel::Describe(configuration.schedule).stores_activations;
  return delta_needs_it || recomputes ? 2 : 1;
}

// How often arrays of batch × hidden cross the bus in a step. textbook: activations are written by
// the product, read and written by ReLU, read by the outputs, by ReLU's gradient and by ∂A; deltas
// are written by the product, read and written by ReLU's gradient, read by ∂W and by ∂b. Elsewhere
// activations, where they are stored, are written once and read once.
double BatchArrayCrossings(const network::Configuration& configuration, bool trains_weights,
                           bool trains_bias) {
  if (configuration.schedule == ScheduleKind::kTextbook) {
    return 5 + 3 + (trains_weights ? 2 : 0) + (trains_bias ? 1 : 0);
  }
  return kernel::Describe(configuration.schedule).stores_activations ? 2 : 0;
}

}  // namespace

StepCost CostOfStep(const network::Configuration& configuration) {
  const bias::Strategy& strategy = *configuration.strategy.strategy;
  const bool trains_weights = strategy.weights == bias::Weights::kTrained;
  const bool trains_bias = configuration.strategy.trains_bias();
  const memory::CategoryBytes bytes = network::PredictFootprint(configuration).at_peak;
  StepCost cost{.useful_flops = kernel::UsefulFlops(configuration.shape, trains_weights)};
  const auto add = [&](Category category, bool is_trained, bool delta_needs_it) {
    const auto array_bytes = static_cast<double>(bytes[category]);
    cost.compulsory_bytes += array_bytes * (is_trained ? 2 : 1);
    cost.schedule_bytes += array_bytes * Crossings(configuration, is_trained, delta_needs_it);
  };
  add(Category::kHiddenWeights, trains_weights, false);
  add(Category::kOutputWeights, trains_weights, true);
  add(Category::kHiddenBias, trains_bias, false);
  add(Category::kOutputBias, trains_bias, false);
  cost.schedule_bytes += 2 * static_cast<double>(bytes[Category::kWeightOptimizerState] +
                                                 bytes[Category::kBiasOptimizerState]);
  const double batch_array_bytes = 4.0 * static_cast<double>(configuration.shape.batch) *
                                   static_cast<double>(configuration.shape.hidden);
  cost.schedule_bytes +=
      batch_array_bytes * BatchArrayCrossings(configuration, trains_weights, trains_bias);
  return cost;
}

double RooflineFraction(const StepCost& cost, const Peaks& peaks, double step_seconds) {
  return std::max(cost.useful_flops / peaks.flops_per_second,
                  cost.compulsory_bytes / peaks.bytes_per_second) /
         step_seconds;
}

double BusFraction(const StepCost& cost, const Peaks& peaks, double step_seconds) {
  return cost.schedule_bytes / peaks.bytes_per_second / step_seconds;
}

}  // namespace biasbench::bench
