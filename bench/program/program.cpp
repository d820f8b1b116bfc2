#include "bench/program/program.h"

#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "bench/instance/instance.h"
#include "bench/instance/instance_serving.h"
#include "bench/instance/malloc_counter.h"
#include "bench/program/benchmark_flags.h"
#include "bench/program/build_info.h"
#include "bench/program/console_table.h"
#include "bench/program/flag_values.h"
#include "bench/program/load_note.h"
#include "bench/program/reporters.h"
#include "bench/program/resume.h"
#include "bench/program/row_filter.h"
#include "bench/program/row_labels.h"
#include "machine/load.h"
#include "record/guarded_main.h"
#include "record/result_file.h"
#include "record/standard_streams.h"
#include "setting/description.h"
#include "setting/own_data_flags.h"
#include "text/excerpt.h"

namespace biasbench::bench {
namespace {

using nlohmann::json;

enum ExitStatus { kSuccess = 0, kRowFailed = 1, kUnusable = 2 };

// A command, quoted for a shell.
std::string ShellCommand(const std::vector<std::string>& words) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=,./:@%^~";
  std::vector<std::string> quoted;
  for (const std::string& word : words) {
    const bool is_plain = !word.empty() && word.find_first_not_of(kPlain) == std::string::npos;
    std::string text;
    for (const char letter : word) text += letter == '\'' ? "'\\''" : std::string(1, letter);
    quoted.push_back(is_plain ? word : "'" + text + "'");
  }
  return fmt::format("{}", fmt::join(quoted, " "));
}

json OwnContext(const Program& program, const std::vector<std::string>& command,
                const CommandLine& line) {
  const BuildInfo build = DescribeBuild();
  if (!build.doubt.empty()) record::PrintError(program.description.name, build.doubt);
  json context = build.keys;
  context["schema_version"] = record::kSchemaVersion;
  context["program"] = program.description.name;
  context["command"] = ShellCommand(command);
  context["denormals"] = "flushed";
  int threads = 0;
  for (const setting::Setting& configuration : line.configurations) {
    threads = std::max(threads, configuration.network.threads);
  }
  context["threads"] = threads;  // the most of any row; each row has its own
  context[kLoadKey] = nullptr;   // measured before the first row
  return context;
}

// Passes Google Benchmark its flags. Throws std::invalid_argument for one that it does not have.
void InitializeBenchmark(const Program& program, const std::string& program_path,
                         const CommandLine& line) {
  std::vector<std::string> flags;
  // Consecutive repetitions would all fall into one phase of a shared machine.
  if (program.measuring.keeps_process) {
    flags.emplace_back("--benchmark_enable_random_interleaving=true");
  }
  flags.insert(flags.end(), line.benchmark_flags.begin(), line.benchmark_flags.end());
  // Google Benchmark would open the file itself and pass it to the file reporter, which has its
  // own.
  flags.push_back(line.out.empty() ? "--benchmark_out=" : "--benchmark_out=/dev/null");
  benchmark::SetDefaultTimeUnit(benchmark::kMillisecond);
  InitializeGoogleBenchmark(program_path, flags);
}

// Throws std::invalid_argument if --benchmark_context names a key that the context has anyway. Call
// it before Google Benchmark gets its flags.
void CheckContext(const CommandLine& line, const json& own_context) {
  json context = HostContext(benchmark::BenchmarkReporter::Context());
  context.update(own_context);
  for (const std::string& flag : line.benchmark_flags) {
    if (!flag.starts_with("--benchmark_context=")) continue;
    for (const std::string& pair : SplitList(flag.substr(flag.find('=') + 1))) {
      const std::string key = pair.substr(0, pair.find('='));
      if (!context.contains(key) && key != "host_name" && key != "executable") continue;
      throw std::invalid_argument(
          fmt::format("--benchmark_context: '{}' is in the context anyway; choose another key",
                      text::Excerpt(key)));
    }
  }
}

// Registers the rows that match the filter and are not kept; returns them. Throws
// std::invalid_argument if none matches.
std::vector<setting::Setting> Register(const Program& program, const std::string& program_path,
                                       const CommandLine& line, const KeptRows& kept,
                                       RowRunner& rows) {
  const RowFilter filter(benchmark::GetBenchmarkFilter());
  std::map<std::string, const json*> kept_rows;
  for (const json& row : kept.rows) kept_rows.emplace(row["name"], &row);
  std::size_t matching = 0;
  std::vector<setting::Setting> registered;
  for (const setting::Setting& configuration : line.configurations) {
    const std::string name = CanonicalName(program.description.name, configuration);
    if (!filter.Matches(name)) continue;
    ++matching;
    if (const auto row = kept_rows.find(name); row != kept_rows.end()) {
      RequireSameSetting(*row->second, configuration, line.out);
      continue;
    }
    registered.push_back(configuration);
    rows.Expect(name, configuration, line.repetitions);
    std::vector<std::string> command = {program_path};
    std::ranges::copy(RepeatFlags(configuration), std::back_inserter(command));
    std::ranges::copy(line.measuring_flags, std::back_inserter(command));
    if (configuration.network.place.ranks > 1) {
      std::ranges::copy(line.launcher_flags, std::back_inserter(command));
    }
    auto* row = benchmark::RegisterBenchmark(
        name.c_str(), [&rows, name, configuration, command](benchmark::State& state) {
          rows.Run(state, name, configuration, ShellCommand(command));
        });
    row->UseManualTime();
    if (program.iterations > 0) row->Iterations(program.iterations);
  }
  if (matching == 0) throw std::invalid_argument("--benchmark_filter: no row's name matches");
  return registered;
}

// Tests, in a process of its own, whether the kernel's figures can be trusted here. If not, rows go
// without them, or InstanceError is thrown if they need them.
void Calibrate(const Program& program, RowRunner& rows) {
  if (!kCountsMalloc) return;  // sanitizers take pages of their own
  const json argument = {{kRoleKey, kCalibrationRole}};
  InstanceProcess process(argument);
  const json disagreement = process.Receive()["disagreement"];
  if (disagreement.is_null()) return;
  if (program.measuring.needs_resident_peak) throw InstanceError(disagreement);
  rows.LeaveOutResidentPeak(disagreement);
  record::PrintError(program.description.name,
                     "peak_rss_bytes is not measured: " + disagreement.get<std::string>());
}

int StatusOf(const RowRunner& rows, std::size_t kept_rows) {
  const std::int64_t failed = rows.CountOf("error") + rows.CountOf("killed");
  if (failed > 0) return kRowFailed;
  const bool nothing_fits =
      rows.size() > 0 && rows.CountOf("skipped") == static_cast<std::int64_t>(rows.size());
  return nothing_fits && kept_rows == 0 ? kUnusable : kSuccess;
}

int RunRows(const Program& program, const std::vector<std::string>& command,
            const CommandLine& line) {
  json context = OwnContext(program, command, line);
  CheckContext(line, context);
  InitializeBenchmark(program, command.front(), line);
  KeptRows kept;
  if (!line.out.empty()) record::CheckWritable(line.out);
  if (line.resume) kept = KeepFinishedRows(line.out, context);
  RowRunner rows(program.measuring, line.launcher);
  const std::vector<setting::Setting> registered =
      Register(program, command.front(), line, kept, rows);
  if (registered.empty()) {
    record::PrintNote(fmt::format("nothing to do: all rows are in {} already\n", line.out));
    return kSuccess;
  }
  int preparation = kSuccess;
  const auto prepare = [&] {
    try {
      const machine::Load load = machine::MeasureLoad();
      context[kLoadKey] = machine::ToJson(load);
      Calibrate(program, rows);
      program.prepare({line, kept.names, kept.context}, context);
      NoteLoad(program.description.name, load);  // behind errors, which are one line alone
    } catch (const std::exception& error) {
      record::PrintError(program.description.name, error.what());
      const bool is_file = dynamic_cast<const record::FileError*>(&error) != nullptr;
      preparation = is_file ? kUnusable : kRowFailed;
    }
    return preparation == kSuccess;
  };
  const ResultDocument document(rows, context, kept.rows);
  ConsoleTable table(LabelsOf(program.description.name, registered), program.measuring.columns,
                     ConsoleStyleOf(line.benchmark_flags, isatty(STDOUT_FILENO) == 1));
  DisplayReporter display(line.format, program.measuring.columns, std::move(table), document,
                          prepare);
  RecordReporter record(line.out, document);
  benchmark::RunSpecifiedBenchmarks(&display, line.out.empty() ? nullptr : &record, ".");
  fmt::print("{}", display.Listing());
  return preparation == kSuccess ? StatusOf(rows, kept.names.size()) : preparation;
}

// Prints how the reader's own data were understood; all rows use the same data.
void PrintNotes(std::string_view program, const CommandLine& line) {
  if (line.configurations.empty() || !line.configurations.front().own_data) return;
  for (const std::string& note : setting::NotesOn(*line.configurations.front().own_data)) {
    record::PrintError(program, note);
  }
}

}  // namespace

int RunProgram(const Program& program, int argc, char** argv) {
  return record::GuardedMain(program.description.name, [&] {
    if (argc == 3 && argv[1] == kInstanceArgument) return RunInstance(argv[2]);
    const std::vector<std::string> command(argv, argv + argc);
    const CommandLine line =
        ParseCommandLine(program.description, {command.begin() + 1, command.end()});
    fmt::print("{}", line.answer);
    PrintNotes(program.description.name, line);
    return line.answer.empty() ? RunRows(program, command, line) : static_cast<int>(kSuccess);
  });
}

}  // namespace biasbench::bench
