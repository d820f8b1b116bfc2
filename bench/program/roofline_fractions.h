// How far a training step is from what the machine can do. FLOPs and bytes derive from the shape
// and the strategy, here and (useful FLOPs) in schedule/shape.h.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "machine/roofline.h"
#include "schedule/configuration.h"

namespace biasbench::bench {

// What one step on a whole batch costs.
struct StepCost {
  double useful_flops = 0;
  // Each stored parameter read once and, where it trains, written once, but for rows of hidden
  // weights that the step leaves as they are: what no schedule that takes a batch at a time can
  // avoid.
  double compulsory_bytes = 0;
  // What this schedule moves over the bus: parameters, gradients, optimizer state and the arrays of
  // batch × hidden. Batches, outputs and what stays in a cache are not counted.
  double schedule_bytes = 0;
  // Whether the caches hold all of the network between two steps. Then nothing bounds it but
  // arithmetic: its bytes need not cross the bus.
  bool stays_in_caches = false;
  // Whether the processor's products of bfloat16 are its limit of arithmetic.
  bool multiplies_bfloat16 = false;
  // Several steps share the parameters' way over the bus: a step then needs less than what
  // is compulsory where each goes by itself, and `roofline` may exceed 1.
  bool takes_blocks = false;
};

// On a machine whose caches hold so many bytes, of a step that leaves so many rows of hidden
// weights unwritten. Throws std::overflow_error as PredictFootprint() does.
StepCost CostOfStep(const schedule::Configuration& configuration, std::int64_t cache_bytes,
                    std::int64_t unwritten_rows);

struct Fractions {
  // max(useful FLOPs / peak, compulsory bytes / bandwidth) ÷ time: the same bound for every
  // schedule.
  double roofline = 0;
  // useful FLOPs / peak ÷ time; the peak of bfloat16's products where the step makes those
  double peak_flops = 0;
  std::optional<double> bus;  // the schedule's own bytes / bandwidth ÷ time
};
Fractions FractionsOf(const StepCost& cost, const machine::Peaks& peaks, double step_seconds);

// The largest fraction of a limit that a measurement may come to: peaks measured one right after
// the other differ by up to 5 %.
inline constexpr double kMaxFraction = 1.05;

struct TimedStep {
  double seconds = 0;
  machine::Peaks peaks;
  Fractions fractions;
};

// Times a step after `before` (which may change the cost: what it left unwritten is known then),
// then measures the peaks anew; again, for a few turns, while the step is faster than its limits by
// more than kMaxFraction. Throws std::runtime_error, which says by how much, if it stays so: then
// the peaks are wrong.
TimedStep TimeBetweenPeaks(const StepCost& cost, machine::Peaks before,
                           const std::function<double()>& step_seconds,
                           const std::function<machine::Peaks()>& measure_peaks);

}  // namespace biasbench::bench
