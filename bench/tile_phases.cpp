// tile_phases: the time of a training step by phase. Times the five products of the streaming
// schedule tile by tile (see kernel/tile.h), with weights from memory and from the cache, against
// their multiply-adds at the processor's peak.
//
// Bounds: a row's time is the median over tiles of nanoseconds a node and thread.
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iterator>
#include <map>
#include <memory>
#include <numeric>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bench/instance/instance_process.h"
#include "bench/instance/instance_serving.h"
#include "bench/instance/team_facts.h"
#include "bench/program/benchmark_flags.h"
#include "bench/program/build_info.h"
#include "bench/program/canonical_reporter.h"
#include "bench/program/command_line.h"
#include "bench/program/console_table.h"
#include "bench/program/flag_values.h"
#include "bench/program/load_note.h"
#include "bench/program/row_filter.h"
#include "bench/program/row_labels.h"
#include "bench/program/row_runner.h"
#include "bench/tile_timing.h"
#include "machine/load.h"
#include "machine/memory_limits.h"
#include "record/guarded_main.h"
#include "record/result_file.h"
#include "record/standard_streams.h"
#include "schedule/shape.h"
#include "schedule/tiling.h"

namespace biasbench::bench {
namespace {

using nlohmann::json;

constexpr const char* kDescription =
    "Times a training step by phase. Runs the products of a step under `streaming`, tile by tile,\n"
    "with weights in the cache and from memory.";
constexpr const char* kFooter =
    "Rows: output_weight_step (gradient and step), deltas, hidden_weight_step, next_forward and\n"
    "next_outputs (products of the next batch), and step, their sum. real_time is the median of\n"
    "nanoseconds a node and thread, cpu_time the part of it in which threads had a processor;\n"
    "quiet_ns is that of the fastest tenth of the tiles, which on a shared machine is the "
    "kernels'\n"
    "time while nothing else runs on the core; peak_ns is the time of the multiply-adds at the\n"
    "processor's peak, and peak_fraction peak_ns / quiet_ns.\n\n"
    "Examples:\n"
    "  tile_phases --batch=64\n"
    "  tile_phases --inputs=64 --hidden=1e6 --seconds=5\n"
    "  tile_phases --benchmark_filter=/memory/ --benchmark_out=phases.json\n"
    "All --benchmark_* flags of Google Benchmark work.\n"
    "Exit status: 0 all rows measured; 1 a row failed; 2 wrong flags, or does not fit.";

struct Settings {
  schedule::Shape shape;
  int threads = 1;
  double seconds = 1;
};

void CheckFits(const Settings& settings) {
  const auto [inputs, hidden, outputs, batch] = settings.shape;
  const double needed =
      4.0 * static_cast<double>(hidden) * static_cast<double>(inputs + outputs + batch);
  const auto available = static_cast<double>(machine::AvailableMemory().bytes);
  if (needed > available) {
    throw std::invalid_argument(fmt::format("needs {:.2f} GiB, {:.2f} GiB available",
                                            needed / (1 << 30), available / (1 << 30)));
  }
  const std::int64_t chunks = schedule::Tiling(hidden, inputs, batch, 1).chunks();
  if (chunks < settings.threads) {
    throw std::invalid_argument(
        fmt::format("--threads: {} chunks of nodes are too few for {}", chunks, settings.threads));
  }
}

// Nanoseconds of each phase's multiply-adds, and last the whole step's, at `peak` FLOP/s of all
// threads together.
std::vector<double> PeakNanoseconds(const Settings& settings, double peak) {
  const double batch_ns = 2e9 * static_cast<double>(settings.shape.batch) * settings.threads / peak;
  const double narrow = batch_ns * static_cast<double>(settings.shape.outputs);
  const double wide = batch_ns * static_cast<double>(settings.shape.inputs);
  return {narrow, narrow, wide, wide, narrow, 3 * narrow + 2 * wide};
}

// The process that times tiles; started for the first row.
class TileTiming {
 public:
  explicit TileTiming(const Settings& settings) : settings_(settings) {}

  // A row: the phase of that number, or the step after the last of them.
  void Run(benchmark::State& state, std::size_t phase, bool in_cache) {
    const std::size_t repetition = repetitions_[{phase, in_cache}]++;
    try {
      const json& timing = Timing(in_cache, repetition);
      const double seconds = 1e-9 * Of(timing["median_ns"], phase);
      while (state.KeepRunning()) state.SetIterationTime(seconds);
      state.counters[kCpuSecondsCounter] = seconds * timing["cpu_share"].get<double>();
      const double quiet = Of(timing["quiet_ns"], phase);
      const double peak = PeakNanoseconds(settings_, peak_flops_per_second_)[phase];
      state.counters["quiet_ns"] = quiet;
      state.counters["peak_ns"] = peak;
      state.counters["peak_fraction"] = peak / quiet;
      state.counters["threads_ran"] = timing["team"]["threads_ran"].get<double>();
      state.counters["processors_allowed"] = timing["team"]["processors_allowed"].get<double>();
    } catch (const std::exception& error) {
      ++failed_;
      state.SkipWithError(error.what());
    }
  }

  bool has_failed() const { return failed_ > 0; }

 private:
  // All phases are timed together, once for each repetition of their rows.
  const json& Timing(bool in_cache, std::size_t repetition) {
    std::vector<json>& timings = timings_[in_cache];
    while (timings.size() <= repetition) {
      json timing = Process().Ask({{"in_cache", in_cache}});
      const auto fault = FindTeamFault(timing["team"], settings_.threads, true);
      if (fault) throw InstanceError(*fault);
      timings.push_back(std::move(timing));
    }
    return timings[repetition];
  }

  InstanceProcess& Process() {
    if (!process_) {
      process_.emplace(json{{"inputs", settings_.shape.inputs},
                            {"hidden", settings_.shape.hidden},
                            {"outputs", settings_.shape.outputs},
                            {"batch", settings_.shape.batch},
                            {"omp_threads", settings_.threads},
                            {"seconds", settings_.seconds}});
      peak_flops_per_second_ = process_->Receive()["peak_flops_per_second"];
    }
    return *process_;
  }

  static double Of(const json& by_phase, std::size_t phase) {
    if (phase < by_phase.size()) return by_phase[phase];
    return std::accumulate(by_phase.begin(), by_phase.end(), 0.0,
                           [](double sum, const json& ns) { return sum + ns.get<double>(); });
  }

  Settings settings_;
  std::optional<InstanceProcess> process_;
  double peak_flops_per_second_ = 0;
  std::map<bool, std::vector<json>> timings_;  // by in_cache
  std::map<std::pair<std::size_t, bool>, std::size_t> repetitions_;
  int failed_ = 0;
};

// Registers the rows that the filter lets through; returns their labels.
RowLabels Register(const Settings& settings, TileTiming& timing) {
  const RowFilter filter(benchmark::GetBenchmarkFilter());
  const auto [inputs, hidden, outputs, batch] = settings.shape;
  const std::vector<std::string> shape = {
      fmt::format("inputs:{}", inputs), fmt::format("hidden:{}", hidden),
      fmt::format("outputs:{}", outputs), fmt::format("batch:{}", batch),
      fmt::format("threads:{}", settings.threads)};
  RowLabels labels{.shared = {"tile_phases"}, .titles = {"weights", "phase"}, .rows = {}};
  std::ranges::copy(shape, std::back_inserter(labels.shared));
  for (const bool in_cache : {true, false}) {
    for (std::size_t phase = 0; phase <= kTilePhases.size(); ++phase) {
      const std::vector<std::string> parts = {
          in_cache ? "cache" : "memory",
          std::string(phase < kTilePhases.size() ? kTilePhases[phase] : "step")};
      const std::string name =
          fmt::format("tile_phases/{}/{}", fmt::join(parts, "/"), fmt::join(shape, "/"));
      if (!filter.Matches(name)) continue;
      labels.rows[name] = {.values = parts, .parts = parts};
      benchmark::RegisterBenchmark(name.c_str(),
                                   [&timing, phase, in_cache](benchmark::State& state) {
                                     timing.Run(state, phase, in_cache);
                                   })
          ->UseManualTime()
          ->Iterations(1)
          ->Unit(benchmark::kNanosecond);
    }
  }
  return labels;
}

std::unique_ptr<benchmark::BenchmarkReporter> DisplayOf(const CommandLine& line,
                                                        const RowLabels& labels) {
  constexpr std::string_view kColumns[] = {"quiet_ns", "peak_ns", "peak_fraction"};
  if (line.format == "console") {
    return std::make_unique<TableReporter>(ConsoleTable(
        labels, kColumns, ConsoleStyleOf(line.benchmark_flags, isatty(STDOUT_FILENO) == 1)));
  }
  return std::unique_ptr<benchmark::BenchmarkReporter>(benchmark::CreateDefaultDisplayReporter());
}

// A reporter that writes Google Benchmark's JSON into `text`.
std::unique_ptr<benchmark::BenchmarkReporter> JsonInto(std::ostringstream& text) {
  auto reporter = std::make_unique<benchmark::JSONReporter>();
  reporter->SetOutputStream(&text);
  return reporter;
}

int RunRows(const std::vector<std::string>& command, const CommandLine& line,
            const Settings& settings) {
  CheckFits(settings);
  if (!line.out.empty()) record::CheckWritable(line.out);
  std::vector<std::string> flags = line.benchmark_flags;
  flags.push_back(line.out.empty() ? "--benchmark_out=" : "--benchmark_out=/dev/null");
  InitializeGoogleBenchmark(command.front(), flags);
  benchmark::AddCustomContext("program", "tile_phases");
  benchmark::AddCustomContext("command", fmt::format("{}", fmt::join(command, " ")));
  const BuildInfo build = DescribeBuild();
  if (!build.doubt.empty()) record::PrintError("tile_phases", build.doubt);
  for (const auto& [key, value] : build.keys.items()) {
    benchmark::AddCustomContext(key, value.is_string() ? value.get<std::string>() : value.dump());
  }
  TileTiming timing(settings);
  const RowLabels labels = Register(settings, timing);
  if (labels.rows.empty()) {
    throw std::invalid_argument("--benchmark_filter: no row's name matches");
  }
  const machine::Load load = machine::MeasureLoad();
  benchmark::AddCustomContext(kLoadKey, machine::ToJson(load).dump());
  NoteLoad("tile_phases", load);
  std::ostringstream text;
  CanonicalReporter display(DisplayOf(line, labels));
  CanonicalReporter file(JsonInto(text));
  benchmark::RunSpecifiedBenchmarks(&display, line.out.empty() ? nullptr : &file, ".");
  fmt::print("{}", display.Listing());
  if (!line.out.empty() && !text.str().empty()) {
    json results = json::parse(record::NonFiniteToNull(text.str()));
    results["context"].erase("host_name");
    record::WriteJson(line.out, results);
  }
  return timing.has_failed() ? 1 : 0;
}

int Main(const std::vector<std::string>& command) {
  CommandLine line;
  std::vector<std::string> own = SplitOffBenchmarkFlags({command.begin() + 1, command.end()}, line);
  std::string inputs = "784";
  std::string hidden = "1e6";
  std::string outputs = "10";
  std::string batch = "64";
  std::string threads = std::to_string(AvailableProcessors());
  std::string seconds = "2";
  CLI::App app{kDescription, "tile_phases"};
  app.footer(kFooter);
  const auto add = [&](const char* name, std::string& value, const char* kind, const char* what) {
    app.add_option(name, value, what)->type_name(kind)->capture_default_str();
  };
  add("--inputs", inputs, "N", "inputs");
  add("--hidden", hidden, "N", "hidden nodes");
  add("--outputs", outputs, "N", "outputs");
  add("--batch", batch, "N", "samples of a step");
  add("--threads", threads, "N", "OpenMP threads, each with nodes of its own");
  add("--seconds", seconds, "S", "the least duration from the cache, and from memory");
  const std::string answer = ParseOrAnswer(app, std::move(own));
  if (!answer.empty()) {
    fmt::print("{}", answer);
    return 0;
  }
  constexpr CountRange kExtents{1, INT32_MAX};
  return RunRows(command, line,
                 {.shape = {.inputs = ParseCountFlag("--inputs", inputs, kExtents),
                            .hidden = ParseCountFlag("--hidden", hidden, kExtents),
                            .outputs = ParseCountFlag("--outputs", outputs, kExtents),
                            .batch = ParseCountFlag("--batch", batch, kExtents)},
                  .threads = static_cast<int>(ParseCountFlag("--threads", threads, kThreads)),
                  .seconds = ParseFlag("--seconds", seconds, ParseSeconds)});
}

}  // namespace
}  // namespace biasbench::bench

int main(int argc, char** argv) {
  using namespace biasbench::bench;
  return biasbench::record::GuardedMain("tile_phases", [&] {
    if (argc == 3 && argv[1] == kInstanceArgument) return ServeInstance(argv[2], ServeTileTiming);
    return Main({argv, argv + argc});
  });
}
