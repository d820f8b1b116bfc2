// throughput: training steps per second, and how far they are from what the machine can do.
//
// Bounds: the time of whole training steps (forward, backward, update) on one batch that lies in
// memory already, in a process that has made all its buffers in a step before. Fractions are of
// what the machine gave right before and after, since on a shared one that changes by the second.
#include <map>
#include <memory>
#include <numeric>

#include "bench/instance.h"
#include "bench/program.h"
#include "bench/roofline_fractions.h"

namespace biasbench::bench {
namespace {

class Throughput {
 public:
  // The machine's peaks for every number of threads; those of kept rows are taken over.
  void Prepare(const Run& run, nlohmann::json& context) {
    for (const nlohmann::json& roofline :
         run.kept_context.value("rooflines", nlohmann::json::array())) {
      rooflines_[roofline.at("threads")] = roofline;
    }
    for (const setting::Setting& row : run.command_line.configurations) {
      const int threads = row.network.threads;
      if (rooflines_.contains(threads)) continue;
      Progress progress("roofline");
      progress.Enter("measuring the machine");
      const nlohmann::json argument = {{kRoleKey, kRooflineRole}, {"omp_threads", threads}};
      InstanceProcess process(argument);
      rooflines_[threads] = process.Receive([&](const nlohmann::json&) { progress.Tick(); });
    }
    for (const auto& [threads, roofline] : rooflines_) context["rooflines"].push_back(roofline);
    // Of the row with the most threads, as the context's `threads`.
    const nlohmann::json& most = rooflines_.at(context["threads"]);
    context["peak_flops_per_second"] = most.at("peak_flops_per_second");
    context["peak_bytes_per_second"] = most.at("peak_bytes_per_second");
  }

  Times Measure(const Row& row, std::int64_t steps) {
    const schedule::Configuration& network = row.configuration.network;
    if (row.is_fresh) row.Steps(1, "warm-up");
    const Peaks before = MachineSpeed(network.threads);
    const nlohmann::json answer = row.Steps(steps, "steps");
    const Peaks after = MachineSpeed(network.threads);
    const Peaks peaks{
        .flops_per_second = std::midpoint(before.flops_per_second, after.flops_per_second),
        .bytes_per_second = std::midpoint(before.bytes_per_second, after.bytes_per_second)};
    const double seconds = answer.at("seconds");
    const double step_seconds = seconds / static_cast<double>(steps);
    const StepCost cost = CostOfStep(network);
    row.keys.update({{"peak_flops_per_second", peaks.flops_per_second},
                     {"peak_bytes_per_second", peaks.bytes_per_second},
                     {"items_per_second", static_cast<double>(network.shape.batch) / step_seconds},
                     {"useful_flops_per_second", cost.useful_flops / step_seconds},
                     {"bytes_per_second", cost.schedule_bytes / step_seconds},
                     {"roofline_fraction", RooflineFraction(cost, peaks, step_seconds)},
                     {"bus_fraction", BusFraction(cost, peaks, step_seconds)}});
    return {.seconds = seconds, .cpu_seconds = answer.at("cpu_seconds")};
  }

 private:
  // What so many threads get from the machine right now.
  Peaks MachineSpeed(int threads) {
    if (speedometer_ == nullptr) {
      speedometer_ = std::make_unique<InstanceProcess>(nlohmann::json{{kRoleKey, kSpeedRole}});
    }
    const nlohmann::json answer = speedometer_->Ask({{"speed", threads}});
    return {.flops_per_second = answer.at("peak_flops_per_second"),
            .bytes_per_second = answer.at("peak_bytes_per_second")};
  }

  std::map<int, nlohmann::json> rooflines_;  // by number of threads
  std::unique_ptr<InstanceProcess> speedometer_;
};

constexpr std::string_view kColumns[] = {"items_per_second", "roofline_fraction", "bus_fraction",
                                         "tracked_peak_bytes", "peak_rss_bytes"};

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
