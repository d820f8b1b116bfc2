// Training speed as a fraction of the machine's limits. FLOPs and bytes derive from the shape and
// the strategy, here and (useful FLOPs) in schedule/shape.h.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "machine/roofline.h"
#include "schedule/configuration.h"

namespace biasbench::bench {

// The cost of one step on a whole batch.
struct StepCost {
  double useful_flops = 0;
  // Bytes that no schedule can avoid that takes one batch at a time: each stored parameter read
  // once and, where it trains, written once, except rows of hidden weights that the step leaves
  // unchanged.
  schedule::BusBytes compulsory_bytes = {};
  // Bytes that this schedule moves over the bus: parameters, gradients, optimizer state and the
  // arrays of batch × hidden. Batches, outputs and what stays in a cache are not counted.
  schedule::BusBytes schedule_bytes = {};
  // True if the caches hold the whole network between two steps. Then arithmetic is the only bound:
  // its bytes need not cross the bus.
  bool stays_in_caches = false;
  // True if the arithmetic limit is that of the processor's bfloat16 products.
  bool multiplies_bfloat16 = false;
  // True if several steps share one pass over the parameters. A step then needs less than the
  // compulsory bytes, and `roofline` may exceed 1.
  bool takes_blocks = false;
};

// The cost on a machine whose caches hold `cache_bytes`, of a step that leaves `unwritten_rows`
// rows of hidden weights unwritten. Throws std::overflow_error as PredictFootprint() does.
StepCost CostOfStep(const schedule::Configuration& configuration, std::int64_t cache_bytes,
                    std::int64_t unwritten_rows);

// The shortest time in which `bytes` can cross the bus: one after another, as an update of the
// written ones and a walk over those only read; or at once, where neither the reads nor the whole
// are faster than alone. (Where reading and writing have ways of their own, as on a Zen 4, a walk
// that leaves half of its rows unwritten takes as long as one that writes all.)
double BusSeconds(const schedule::BusBytes& bytes, const machine::Peaks& peaks);

struct Fractions {
  // max(useful FLOPs / peak, time of the compulsory bytes) ÷ time: the same bound for every
  // schedule.
  double roofline = 0;
  // useful FLOPs / peak ÷ time; the peak of bfloat16's products where the step makes those
  double peak_flops = 0;
  std::optional<double> bus;  // time of the schedule's own bytes ÷ time
};
Fractions FractionsOf(const StepCost& cost, const machine::Peaks& peaks, double step_seconds);

// The largest fraction of a limit that a measurement may show: peaks measured one right after the
// other differ by up to 5 %.
inline constexpr double kMaxFraction = 1.05;

struct TimedStep {
  double seconds = 0;
  machine::Peaks peaks;
  Fractions fractions;
};

// Times a step between the peaks `before` and peaks measured after it. (The timing may change the
// cost, since the rows left unwritten are known only then.) Repeats both a few times while the step
// exceeds `most` of its limits. Throws std::runtime_error with the fraction if it still does: then
// the peaks are wrong.
TimedStep TimeBetweenPeaks(const StepCost& cost, machine::Peaks before,
                           const std::function<double()>& step_seconds,
                           const std::function<machine::Peaks()>& measure_peaks,
                           double most = kMaxFraction);

}  // namespace biasbench::bench
