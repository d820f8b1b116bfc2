#include "bench/program/row_runner.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <stdexcept>

#include "bench/instance/instance.h"
#include "bench/instance/malloc_counter.h"
#include "bench/instance/memory_check.h"
#include "bench/program/rank_figures.h"
#include "data/task.h"
#include "machine/memory_limits.h"
#include "record/standard_streams.h"
#include "setting/description.h"

namespace biasbench::bench {
namespace {

using nlohmann::json;

// The exception for a network that needs more memory than there is.
class DoesNotFit : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

std::int64_t DatasetBytes(const setting::Setting& configuration) {
  const std::int64_t samples = configuration.max_samples;
  if (configuration.own_data) return data::OwnDataBytes(*configuration.own_data);
  if (configuration.task == setting::kNoise) {
    return data::NoiseBytes(configuration.network.shape.inputs, samples);
  }
  return data::TaskBytes(data::FindTask(configuration.task), samples);
}

// Memory left free for other programs while rows live side by side.
constexpr double kSpareBytes = 1 << 30;

// The reason why a row does not fit into the memory that this machine has right now; nullopt if it
// does, and leaves `spare_bytes`. `ranks_here` of the row's ranks run on this machine.
std::optional<std::string> WhyNotFit(const setting::Setting& configuration, int ranks_here,
                                     double spare_bytes) {
  constexpr double kGibibyte = 1 << 30;
  const auto available = static_cast<double>(machine::AvailableMemory().bytes);
  double needed = 0;
  try {
    needed = NeededBytes(configuration, DatasetBytes(configuration), ranks_here);
  } catch (const std::overflow_error& error) {
    return fmt::format("{}, {:.2f} GiB available", error.what(), available / kGibibyte);
  }
  if (needed <= available) {  // else it might not be countable
    needed += ranks_here * static_cast<double>(UntrackedBoundBytes(configuration));
  }
  if (needed + spare_bytes <= available) return std::nullopt;
  return fmt::format("needs {:.2f} GiB, {:.2f} GiB available", needed / kGibibyte,
                     available / kGibibyte);
}

json Argument(const setting::Setting& configuration) {
  json argument = ToJson(configuration);
  argument[kRoleKey] = kInstanceRole;
  // The process finds the classes itself, since an argument has room for few.
  if (configuration.own_data) argument["own_data"]["classes"] = json::array();
  return argument;
}

// Google Benchmark's own names for what its MemoryManager would say, mirroring the ledger. (That of
// 1.7 cannot be used: with repetitions it reports memory that is freed already.) `made` is what was
// made while measuring.
json MirrorKeys(const json& made, const json& peak_bytes, std::int64_t iterations) {
  return {{"allocs_per_iter", made.at("buffers").get<double>() / static_cast<double>(iterations)},
          {"max_bytes_used", peak_bytes},
          {"total_allocated_bytes", made.at("bytes")},
          {"net_heap_growth", made.at("growth_bytes")}};
}

void AddColumns(const json& keys, std::span<const std::string_view> columns,
                benchmark::UserCounters& counters) {
  using benchmark::Counter;
  for (const std::string_view column : columns) {
    const auto found = keys.find(std::string(column));
    if (found == keys.end() || !found->is_number()) continue;
    const bool is_bytes = column.ends_with("_bytes");
    counters[std::string(column)] =
        Counter(found->get<double>(), Counter::kDefaults,
                is_bytes ? Counter::OneK::kIs1024 : Counter::OneK::kIs1000);
  }
}

}  // namespace

json Row::Ask(const json& request, const std::string& activity, bool is_whole_row) const {
  progress.Enter(activity);
  json answer = process.Ask(request, [&](const json& news) {
    if (!news.is_null()) {
      const double share =
          news["epoch"].get<double>() / static_cast<double>(configuration.training.value().epochs);
      progress.Enter(
          fmt::format("{}, {} done, loss {}", activity, news["epoch"].dump(), news["loss"].dump()),
          is_whole_row ? share : 0);
    }
    progress.Tick();
  });
  if (answer.contains("cpu_seconds")) keys.update(JoinRanks(answer, request.value("steps", 1)));
  return answer;
}

json Row::Steps(std::int64_t count, const std::string& activity) const {
  json answer = Ask({{"steps", count}}, activity);
  if (answer["loss"].is_null()) throw InstanceError("the loss of the steps is not finite");
  return answer;
}

double NumberOrNan(const json& value) {
  return value.is_null() ? std::numeric_limits<double>::quiet_NaN() : value.get<double>();
}

void RowRunner::Expect(const std::string& name, const setting::Setting& configuration,
                       std::int64_t repetitions) {
  // A process that is kept is called until it has run for a time, whatever the network.
  progress_.Expect(name, measuring_.keeps_process ? 1 : WorkOf(configuration), repetitions);
}

void RowRunner::Run(benchmark::State& state, const std::string& name,
                    const setting::Setting& configuration, const std::string& command) {
  if (!start_) start_ = std::chrono::steady_clock::now();
  progress_.Begin(name, state.max_iterations);
  state.SetLabel(std::to_string(rows_.size()));
  json& keys = rows_.emplace_back(ToJson(configuration));
  keys["status"] = "ok";
  keys["command"] = command;
  try {
    Measure(state, name, configuration, keys);
  } catch (const DoesNotFit& error) {
    Refuse(state, name, keys, "skipped", error.what());
  } catch (const InstanceKilled& error) {
    Refuse(state, name, keys, "killed", error.what());
  } catch (const std::exception& error) {
    Refuse(state, name, keys, "error", error.what());
  }
}

void RowRunner::Refuse(benchmark::State& state, const std::string& name, json& keys,
                       const char* status, const std::string& reason) {
  if (!processes_.empty() && processes_.front().name == name) processes_.pop_front();
  keys["status"] = status;
  keys["reason"] = reason;
  record::PrintNote(fmt::format("{}: {}: {}\n", name, status, reason));
  state.SkipWithError(fmt::format("{}: {}", status, reason).c_str());
}

void RowRunner::Measure(benchmark::State& state, const std::string& name,
                        const setting::Setting& configuration, json& keys) {
  Progress progress(name, [this](double share) {
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - *start_;
    return progress_.Describe(elapsed.count(), share);
  });
  MemoryFigures memory;
  while (state.KeepRunningBatch(state.max_iterations)) {
    const bool is_fresh = Start(name, configuration, progress);
    keys["data_source"] = processes_.front().data_source;
    Row row{name, configuration, keys, *processes_.front().process, is_fresh, progress};
    const Times times = measuring_.measure(row, state.max_iterations);
    const json report = row.Ask({{"report", true}}, "report");
    keys.update(report.at("team"));
    if (ShareProcessors(configuration, report)) keys["ranks_share_processors"] = true;
    const auto fault = FindAnyTeamFault(configuration, report, measuring_.needs_processors);
    if (fault) throw InstanceError(*fault);
    memory = CheckAllMemory(configuration, report, Floor(configuration));
    // A process that serves many calls has made its buffers in the first.
    const json& made = report.at(measuring_.keeps_process ? "made_in_last_steps" : "made");
    keys.update(MirrorKeys(made, memory.keys.at("tracked_peak_bytes"), state.max_iterations));
    state.SetIterationTime(times.seconds);
    state.counters[kCpuSecondsCounter] =
        times.cpu_seconds / static_cast<double>(state.max_iterations);
  }
  keys.update(memory.keys);
  if (no_resident_peak_) {
    keys["peak_rss_bytes"] = nullptr;
    keys["peak_rss_note"] = *no_resident_peak_;
  }
  if (memory.disagreement) throw InstanceError(*memory.disagreement);
  AddColumns(keys, measuring_.columns, state.counters);
}

bool RowRunner::Start(const std::string& name, const setting::Setting& configuration,
                      Progress& progress) {
  if (!measuring_.keeps_process) processes_.clear();
  const auto kept = std::ranges::find(processes_, name, &RowProcess::name);
  if (kept != processes_.end()) {
    processes_.splice(processes_.begin(), processes_, kept);
    return false;
  }
  const int ranks_here = launcher_.IsLocal() ? configuration.network.place.ranks : 1;
  while (!processes_.empty() && WhyNotFit(configuration, ranks_here, kSpareBytes)) {
    processes_.pop_back();  // frees its memory
  }
  if (const auto reason = WhyNotFit(configuration, ranks_here, 0)) throw DoesNotFit(*reason);
  Floor(configuration);  // before the row's process is there, whose memory it could lack
  progress.Enter(configuration.own_data ? "read the data, build" : "build");
  auto process = std::make_unique<InstanceProcess>(Argument(configuration), launcher_);
  const json built = process->Receive([&](const json&) { progress.Tick(); });
  processes_.push_front({name, built.at("data_source"), std::move(process)});
  return true;
}

// The resident bytes of each rank's process that are neither network nor data: the program, its
// libraries (MPI among them) and threads. Measured by an instance with a single hidden node that
// goes through the same code.
std::optional<std::vector<std::int64_t>> RowRunner::Floor(const setting::Setting& configuration) {
  if (!kCountsMalloc || no_resident_peak_) return std::nullopt;
  setting::Setting empty = configuration;
  // Real data keep their shape; they are read by code that noise does not need.
  if (configuration.task == setting::kNoise) empty.network.shape = {.inputs = 1, .outputs = 1};
  empty.network.shape.hidden = 1;
  empty.network.shape.batch = 1;
  empty.network.strategy = bias::AllSelections().front();
  empty.network.seed = 1;
  empty.max_samples = 1;
  empty.training.reset();
  const json argument = Argument(empty);
  const std::string key = argument.dump();
  if (const auto known = floor_bytes_.find(key); known != floor_bytes_.end()) return known->second;
  InstanceProcess process(argument, launcher_);
  process.Receive();
  process.Ask({{"steps", 1}});
  std::vector<std::int64_t> floors;
  for (const json& report : ReportsOf(process.Ask({{"report", true}}))) {
    floors.push_back(FloorBytes(report));
  }
  return floor_bytes_[key] = floors;
}

std::int64_t RowRunner::CountOf(std::string_view status) const {
  return std::ranges::count_if(rows_, [&](const json& keys) { return keys["status"] == status; });
}

}  // namespace biasbench::bench
