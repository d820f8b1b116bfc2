#include "bench/program/roofline_fractions.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "machine/caches.h"
#include "network/footprint.h"
#include "schedule/bus_traffic.h"

namespace biasbench::bench {
namespace {

constexpr int kMaxTurns = 4;

// The better of two measurements each: the machine may have been as fast while the step ran, and
// nothing may beat a limit.
machine::Peaks Best(const machine::Peaks& a, const machine::Peaks& b) {
  return {.flops_per_second = std::max(a.flops_per_second, b.flops_per_second),
          .bfloat16_flops_per_second =
              std::max(a.bfloat16_flops_per_second, b.bfloat16_flops_per_second),
          .bytes_per_second = std::max(a.bytes_per_second, b.bytes_per_second),
          .read_bytes_per_second = std::max(a.read_bytes_per_second, b.read_bytes_per_second)};
}

// The largest of the fractions that cannot be beyond 1.
double OfTheLimits(const StepCost& cost, const Fractions& fractions) {
  return std::max(cost.takes_blocks ? fractions.peak_flops : fractions.roofline,
                  fractions.bus.value_or(0));
}

}  // namespace

StepCost CostOfStep(const schedule::Configuration& configuration, std::int64_t cache_bytes,
                    std::int64_t unwritten_rows) {
  const schedule::Footprint footprint = network::PredictFootprint(configuration);
  const memory::CategoryBytes& stored = footprint.at_peak;
  const double unwritten_bytes = static_cast<double>(stored[memory::Category::kHiddenWeights]) *
                                 static_cast<double>(unwritten_rows) /
                                 static_cast<double>(configuration.shape.hidden);
  const schedule::BusBytes unwritten{0, -unwritten_bytes};
  return {
      .useful_flops = schedule::UsefulFlops(configuration.shape, configuration.trains_weights()),
      .compulsory_bytes = schedule::CompulsoryBytes(configuration, stored) + unwritten,
      .schedule_bytes =
          Describe(configuration.schedule).bus_bytes(configuration, stored) + unwritten,
      .stays_in_caches = footprint.peak_bytes() < machine::kBeyondCaches * cache_bytes,
      .multiplies_bfloat16 = configuration.multiplies_bfloat16(),
      .takes_blocks = configuration.takes_blocks()};
}

double BusSeconds(const schedule::BusBytes& bytes, const machine::Peaks& peaks) {
  const double at_full_rate = bytes.all() / peaks.bytes_per_second;
  if (bytes.written >= bytes.read) return at_full_rate;
  const double one_after_another = 2 * bytes.written / peaks.bytes_per_second +
                                   (bytes.read - bytes.written) / peaks.read_bytes_per_second;
  return std::min(one_after_another,
                  std::max(at_full_rate, bytes.read / peaks.read_bytes_per_second));
}

Fractions FractionsOf(const StepCost& cost, const machine::Peaks& peaks, double step_seconds) {
  const double limit =
      cost.multiplies_bfloat16 ? peaks.bfloat16_flops_per_second : peaks.flops_per_second;
  const double peak_flops = cost.useful_flops / limit / step_seconds;
  if (cost.stays_in_caches) return {.roofline = peak_flops, .peak_flops = peak_flops, .bus = {}};
  const auto of_the_bus = [&](const schedule::BusBytes& bytes) {
    return BusSeconds(bytes, peaks) / step_seconds;
  };
  return {.roofline = std::max(peak_flops, of_the_bus(cost.compulsory_bytes)),
          .peak_flops = peak_flops,
          .bus = of_the_bus(cost.schedule_bytes)};
}

TimedStep TimeBetweenPeaks(const StepCost& cost, machine::Peaks before,
                           const std::function<double()>& step_seconds,
                           const std::function<machine::Peaks()>& measure_peaks, double most) {
  double fraction = 0;
  for (int turn = 0; turn < kMaxTurns; ++turn) {
    const double seconds = step_seconds();
    const machine::Peaks after = measure_peaks();
    const machine::Peaks best = Best(before, after);
    const Fractions fractions = FractionsOf(cost, best, seconds);
    fraction = OfTheLimits(cost, fractions);
    if (fraction <= most) return {seconds, best, fractions};
    before = after;
  }
  throw std::runtime_error(fmt::format(
      "{:.2f} of the limit in the last of {} turns: the yardstick is wrong", fraction, kMaxTurns));
}

}  // namespace biasbench::bench
