// Runs rows: starts their processes, lets the program measure, checks memory, and keeps what came
// of it for the reporters.
#pragma once

#include <benchmark/benchmark.h>

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

#include "bench/instance/instance_process.h"
#include "bench/program/progress.h"
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

  // Asks the process, showing progress meanwhile.
  nlohmann::json Ask(const nlohmann::json& request, const std::string& activity) const;
  // {"steps": count}. Throws InstanceError if the loss is not finite: what was timed would be no
  // training.
  nlohmann::json Steps(std::int64_t count, const std::string& activity) const;
};

// A number of an answer; what was not finite has become null on its way here.
double NumberOrNan(const nlohmann::json& value);

// What iterations took altogether, in the row's process.
struct Times {
  double seconds = 0;
  double cpu_seconds = 0;
};

// The counter by which a row's processor time reaches the reporters. (Google Benchmark's own is
// that of this process, which trains nothing; it makes means and the like of counters as of times.)
inline constexpr char kCpuSecondsCounter[] = "cpu_seconds_per_iteration";

struct Measuring {
  std::function<Times(Row&, std::int64_t iterations)> measure;
  // Keys that become Google Benchmark's counters, so columns of its table.
  std::span<const std::string_view> columns;
  // Whether a row's process serves all calls for that row, beside those of other rows as long as
  // memory allows, or each call has one of its own. Repetitions of kept rows take turns.
  bool keeps_process = false;
  // Whether rows are of no use without the resident peak.
  bool needs_resident_peak = false;
  // Whether each thread must have a processor: where what is measured is time.
  bool needs_processors = false;
};

class RowRunner {
 public:
  explicit RowRunner(Measuring measuring) : measuring_(std::move(measuring)) {}

  // Call it before the first row where the kernel's figures cannot be believed: rows then have no
  // resident peak, and say why.
  void LeaveOutResidentPeak(const std::string& reason) { no_resident_peak_ = reason; }

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
  // Brings the row's process to the front, and starts it unless it runs already; true if it was
  // started. Where memory lacks, processes of other rows end first.
  bool Start(const std::string& name, const setting::Setting& configuration, Progress& progress);
  std::optional<std::int64_t> Floor(const setting::Setting& configuration);
  void Refuse(benchmark::State& state, const std::string& name, nlohmann::json& keys,
              const char* status, const std::string& reason);

  Measuring measuring_;
  std::optional<std::string> no_resident_peak_;
  std::deque<nlohmann::json> rows_;
  std::map<std::string, std::int64_t> floor_bytes_;
  struct RowProcess {
    std::string name;  // of its row
    std::string data_source;
    std::unique_ptr<InstanceProcess> process;
  };
  std::list<RowProcess> processes_;  // the one used last is in front
};

}  // namespace biasbench::bench
