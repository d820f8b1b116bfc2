// The runner of rows: starts their processes, calls the program's measurement, checks memory, and
// keeps the results for the reporters.
#pragma once

#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bench/instance/instance_process.h"
#include "bench/instance/rank_launch.h"
#include "bench/program/progress.h"
#include "bench/program/run_progress.h"
#include "setting/setting.h"

namespace biasbench::bench {

// A row while it is being measured.
struct Row {
  const std::string& name;
  const setting::Setting& configuration;
  nlohmann::json& keys;  // of the result row, to add to
  InstanceProcess& process;
  bool is_fresh;  // the process has not been asked for anything yet
  Progress& progress;

  // Sends the request and waits for the answer, showing progress meanwhile. `is_whole_row`: the
  // request's epochs are all that the row takes, so that the time left is known.
  nlohmann::json Ask(const nlohmann::json& request, const std::string& activity,
                     bool is_whole_row = false) const;
  // Requests {"steps": count}. Throws InstanceError if the loss is not finite: that would not be
  // training.
  nlohmann::json Steps(std::int64_t count, const std::string& activity) const;
};

// A number of an answer; NaN for null, as which the channel sends numbers that are not finite.
double NumberOrNan(const nlohmann::json& value);

// Total time of the iterations, in the row's process.
struct Times {
  double seconds = 0;
  double cpu_seconds = 0;
};

// The counter that carries a row's processor time to the reporters. (Google Benchmark's own is that
// of this process, which trains nothing. It aggregates counters like times.)
inline constexpr char kCpuSecondsCounter[] = "cpu_seconds_per_iteration";

struct Measuring {
  std::function<Times(Row&, std::int64_t iterations)> measure;
  // Keys that become counters of Google Benchmark, and so columns of its table.
  std::span<const std::string_view> columns;
  // True if a row's process serves all calls for that row, beside other rows' processes as long as
  // memory allows; else each call has a process of its own. Repetitions of rows with a process take
  // turns.
  bool keeps_process = false;
  // True if rows are useless without the resident peak.
  bool needs_resident_peak = false;
  // True if each thread must have a processor of its own, as time measurements need.
  bool needs_processors = false;
};

class RowRunner {
 public:
  RowRunner(Measuring measuring, RankLauncher launcher)
      : measuring_(std::move(measuring)), launcher_(std::move(launcher)) {}

  // Leaves the resident peak out of all rows, which give the reason instead. Call it before the
  // first row where the kernel's figures cannot be trusted.
  void LeaveOutResidentPeak(const std::string& reason) { no_resident_peak_ = reason; }

  // Announces a row that will be run.
  void Expect(const std::string& name, const setting::Setting& configuration,
              std::int64_t repetitions);

  // Runs a row for Google Benchmark. Its label then is the row's number, by which reporters find
  // its keys. `command` repeats the row.
  void Run(benchmark::State& state, const std::string& name, const setting::Setting& configuration,
           const std::string& command);

  const nlohmann::json& keys(std::size_t row) const { return rows_.at(row); }
  std::int64_t CountOf(std::string_view status) const;
  std::size_t size() const { return rows_.size(); }

 private:
  void Measure(benchmark::State& state, const std::string& name,
               const setting::Setting& configuration, nlohmann::json& keys);
  // Moves the row's process to the front, starting it if necessary; true if it was started. If
  // memory is short, processes of other rows are ended first.
  bool Start(const std::string& name, const setting::Setting& configuration, Progress& progress);
  std::optional<std::vector<std::int64_t>> Floor(const setting::Setting& configuration);
  void Refuse(benchmark::State& state, const std::string& name, nlohmann::json& keys,
              const char* status, const std::string& reason);

  Measuring measuring_;
  RunProgress progress_;
  std::optional<std::chrono::steady_clock::time_point> start_;  // of the first row
  RankLauncher launcher_;                                       // of rows with several ranks
  std::optional<std::string> no_resident_peak_;
  std::deque<nlohmann::json> rows_;
  std::map<std::string, std::vector<std::int64_t>> floor_bytes_;  // by rank
  struct RowProcess {
    std::string name;  // of its row
    std::string data_source;
    std::unique_ptr<InstanceProcess> process;
  };
  std::list<RowProcess> processes_;  // the one used last is in front
};

}  // namespace biasbench::bench
