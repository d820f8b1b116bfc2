// throughput: training steps per second, also as fractions of the machine's limits.
//
// Bounds: the time of whole training steps (forward, backward, update) on one batch that is in
// memory already, in a process that has made all its buffers in an earlier step. Fractions are of
// peaks measured right before or after, since those of a shared machine change by the second.
#include <chrono>
#include <limits>
#include <map>
#include <optional>

#include "bench/instance/instance.h"
#include "bench/instance/timed_steps.h"
#include "bench/program/program.h"
#include "bench/program/roofline_fractions.h"
#include "machine/caches.h"
#include "machine/sanitizer.h"

namespace biasbench::bench {
namespace {

using nlohmann::json;

// The machine's peaks, measured in a process of their own.
class PeaksProcess {
 public:
  explicit PeaksProcess(int most_threads)
      : process_(json{{kRoleKey, kYardstickRole}, {"omp_threads", most_threads}}) {}

  machine::Peaks Measure(int threads) {
    peaks_ = machine::PeaksFromJson(process_.Ask({{"threads", threads}}));
    threads_ = threads;
    end_ = std::chrono::steady_clock::now();
    return peaks_;
  }

  // The peaks of a moment ago: those after a row are those before the next, if that has been built.
  machine::Peaks Recent(int threads) {
    const bool is_recent = std::chrono::steady_clock::now() - end_ < kMoment;
    return is_recent && threads == threads_ ? peaks_ : Measure(threads);
  }

 private:
  static constexpr auto kMoment = std::chrono::milliseconds(50);

  InstanceProcess process_;
  machine::Peaks peaks_;
  int threads_ = 0;
  std::chrono::steady_clock::time_point end_;
};

// The peaks of all ranks, as if each had processors and a bus like this machine's to itself: limits
// that ranks which share some cannot reach.
machine::Peaks OfRanks(int ranks, const machine::Peaks& peaks) {
  return {.flops_per_second = ranks * peaks.flops_per_second,
          .bfloat16_flops_per_second = ranks * peaks.bfloat16_flops_per_second,
          .bytes_per_second = ranks * peaks.bytes_per_second,
          .read_bytes_per_second = ranks * peaks.read_bytes_per_second};
}

class Throughput {
 public:
  // Measures the machine's peaks for every number of threads; those of kept rows are reused.
  void Prepare(const Run& run, json& context) {
    peaks_.emplace(context["threads"].get<int>());
    std::map<int, json> rooflines;  // by number of threads
    for (const json& roofline : run.kept_context.value("rooflines", json::array())) {
      rooflines[roofline.at("threads")] = roofline;
    }
    for (const setting::Setting& row : run.command_line.configurations) {
      const int threads = row.network.threads;
      if (rooflines.contains(threads)) continue;
      rooflines[threads] = ToJson(peaks_->Measure(threads));
      rooflines[threads]["threads"] = threads;
    }
    for (const auto& [threads, roofline] : rooflines) context["rooflines"].push_back(roofline);
    // The peaks for the row with the most threads, as the context's `threads`.
    context.update(ToJson(machine::PeaksFromJson(rooflines.at(context["threads"]))));
  }

  Times Measure(const Row& row, std::int64_t steps) {
    const schedule::Configuration& network = row.configuration.network;
    const int ranks = network.place.ranks;
    schedule::Configuration whole = network;
    whole.place = {};  // unwritten rows, too, are those of all ranks
    if (row.is_fresh) row.Steps(1, "warm-up");
    const std::int64_t timed = StepsToTime(steps, network.pass_samples() / network.shape.batch);
    StepCost cost;
    json answer;
    const TimedStep step = TimeBetweenPeaks(
        cost, OfRanks(ranks, peaks_->Recent(network.threads)),
        [&] {
          answer = row.Steps(timed, "steps");
          cost = CostOfStep(whole, ranks * machine::LastLevelCacheBytes(network.threads),
                            answer.at("unwritten_rows"));
          return answer.at("seconds").get<double>() / static_cast<double>(timed);
        },
        [&] { return OfRanks(ranks, peaks_->Measure(network.threads)); }, kMost);
    row.keys.update(ToJson(step.peaks));
    row.keys.update({{"items_per_second", static_cast<double>(network.shape.batch) / step.seconds},
                     {"useful_flops_per_second", cost.useful_flops / step.seconds},
                     {"bytes_per_second", cost.schedule_bytes.all() / step.seconds},
                     {"roofline_fraction", step.fractions.roofline},
                     {"peak_flops_fraction", step.fractions.peak_flops},
                     {"bus_fraction", nullptr},
                     {"unwritten_rows", answer.at("unwritten_rows")}});
    if (step.fractions.bus) row.keys["bus_fraction"] = *step.fractions.bus;
    // The times of as many steps as were asked for.
    const double share = static_cast<double>(steps) / static_cast<double>(timed);
    return {.seconds = share * answer.at("seconds").get<double>(),
            .cpu_seconds = share * answer.at("cpu_seconds").get<double>()};
  }

 private:
  // Sanitizers slow the yardstick's loops and the kernels unlike.
  static constexpr double kMost =
      machine::kSanitized ? std::numeric_limits<double>::infinity() : kMaxFraction;

  std::optional<PeaksProcess> peaks_;  // there once prepared
};

constexpr std::string_view kColumns[] = {"items_per_second",    "roofline_fraction",
                                         "peak_flops_fraction", "bus_fraction",
                                         "tracked_peak_bytes",  "peak_rss_bytes"};

constexpr setting::Default kDefaults[] = {{"schedule", "in_place,recompute,textbook"}};

Program MakeProgram(Throughput& throughput) {
  return {
      .description = {.name = "throughput",
                      .summary = "Measures training steps under bias strategies.",
                      .examples = "  throughput --strategies=learned,none --batch=1,16,64\n"
                                  "  throughput --threads=1,2 --schedules=all --hidden=1e5\n"
                                  "  throughput --benchmark_repetitions=5 --benchmark_out=t.json\n",
                      .defaults = kDefaults},
      .measuring = {.measure = [&throughput](
                                   Row& row,
                                   std::int64_t steps) { return throughput.Measure(row, steps); },
                    .columns = kColumns,
                    .keeps_process = true,
                    .needs_processors = true},
      .prepare = [&throughput](const Run& run, nlohmann::json& context) {
        throughput.Prepare(run, context);
      }};
}

}  // namespace
}  // namespace biasbench::bench

int main(int argc, char** argv) {
  biasbench::bench::Throughput throughput;
  return biasbench::bench::RunProgram(biasbench::bench::MakeProgram(throughput), argc, argv);
}
