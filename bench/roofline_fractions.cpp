#include "bench/roofline_fractions.h"

#include <algorithm>

#include "network/footprint.h"
#include "schedule/bus_traffic.h"

namespace biasbench::bench {

StepCost CostOfStep(const schedule::Configuration& configuration) {
  const memory::CategoryBytes stored = network::PredictFootprint(configuration).at_peak;
  return {
      .useful_flops = schedule::UsefulFlops(configuration.shape, configuration.trains_weights()),
      .compulsory_bytes = schedule::CompulsoryBytes(configuration, stored),
      .schedule_bytes = Describe(configuration.schedule).bus_bytes(configuration, stored)};
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
