// How far a training step is from what the machine can do. FLOPs and bytes derive from the shape
// and the strategy, here and (useful FLOPs) in kernel/shape.h.
#pragma once

#include "schedule/configuration.h"

namespace biasbench::bench {

// What one step on a whole batch costs.
struct StepCost {
  double useful_flops = 0;
  // Each stored parameter read once and, where it trains, written once: what no schedule can avoid.
  double compulsory_bytes = 0;
  // What this schedule moves over the bus: parameters, gradients, optimizer state and the arrays of
  // batch × hidden. Batches, outputs and what stays in a cache are not counted.
  double schedule_bytes = 0;
};

// Throws std::overflow_error as PredictFootprint() does.
StepCost CostOfStep(const schedule::Configuration& configuration);

struct Peaks {
  double flops_per_second = 0;
  double bytes_per_second = 0;  // of an update: one read, one write
};

// max(useful FLOPs / peak, compulsory bytes / bandwidth) ÷ time: the same bound for every schedule.
double RooflineFraction(const StepCost& cost, const Peaks& peaks, double step_seconds);
// The schedule's own bytes / bandwidth ÷ time.
double BusFraction(const StepCost& cost, const Peaks& peaks, double step_seconds);

}  // namespace biasbench::bench
