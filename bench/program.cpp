#include "bench/program.h"

#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdio>
#include <stdexcept>
#include <string_view>

#include "bench/benchmark_flags.h"
#include "bench/build_info.h"
#include "bench/instance.h"
#include "bench/instance_serving.h"
#include "bench/malloc_counter.h"
#include "bench/reporters.h"
#include "bench/resume.h"
#include "bench/row_filter.h"
#include "record/result_file.h"
#include "record/standard_streams.h"

namespace biasbench::bench {
namespace {

using nlohmann::json;

enum ExitStatus { kSuccess = 0, kRowFailed = 1, kUnusable = 2 };

// A command as a shell would have to be told it.
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
  json context = BuildInfo();
  context["schema_version"] = 1;
  context["program"] = program.description.name;
  context["command"] = ShellCommand(command);
  context["denormals"] = "flushed";
  int threads = 0;
  for (const InstanceConfiguration& configuration : line.configurations) {
    threads = std::max(threads, configuration.network.threads);
  }
  context["threads"] = threads;  // the most of any row; each row has its own
  return context;
}

// Hands Google Benchmark its flags. Throws std::invalid_argument for what other versions of it do
// not understand.
void InitializeBenchmark(const Program& program, const std::string& program_path,
                         const CommandLine& line) {
  std::vector<std::string> flags;
  // Repetitions one after another would all fall into one phase of a shared machine.
  if (program.measuring.keeps_process) {
    flags.emplace_back("--benchmark_enable_random_interleaving=true");
  }
  flags.insert(flags.end(), line.benchmark_flags.begin(), line.benchmark_flags.end());
  // Google Benchmark opens the file itself and hands it to the file reporter, which has its own.
  flags.push_back(line.out.empty() ? "--benchmark_out=" : "--benchmark_out=/dev/null");
  benchmark::SetDefaultTimeUnit(benchmark::kMillisecond);
  InitializeGoogleBenchmark(program_path, flags);
}

// Registers the rows that the filter lets through and that are not kept; returns how many. Throws
// std::invalid_argument if the filter lets none through.
std::size_t Register(const Program& program, const std::string& program_path,
                     const CommandLine& line, const KeptRows& kept, RowRunner& rows) {
  const RowFilter filter(benchmark::GetBenchmarkFilter());
  std::size_t matching = 0;
  std::size_t registered = 0;
  for (const InstanceConfiguration& configuration : line.configurations) {
    const std::string name = CanonicalName(program.description.name, configuration);
    if (!filter.Matches(name)) continue;
    ++matching;
    if (kept.names.contains(name)) continue;
    ++registered;
    std::vector<std::string> command = {program_path};
    std::ranges::copy(RepeatFlags(configuration), std::back_inserter(command));
    std::ranges::copy(line.measuring_flags, std::back_inserter(command));
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

// Whether the kernel's figures can be believed here; asked in a process of its own.
void Calibrate() {
  if (!kCountsMalloc) return;  // sanitizers take pages of their own
  const json argument = {{kRoleKey, kCalibrationRole}};
  InstanceProcess process(argument);
  const json answer = process.Receive();
  if (!answer["disagreement"].is_null()) throw InstanceError(answer["disagreement"]);
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
  InitializeBenchmark(program, command.front(), line);
  json context = OwnContext(program, command, line);
  KeptRows kept;
  if (!line.out.empty()) record::CheckWritable(line.out);
  if (line.resume) kept = KeepFinishedRows(line.out, context);
  RowRunner rows(program.measuring);
  if (Register(program, command.front(), line, kept, rows) == 0) {
    fmt::print(stderr, "nothing to do: all rows are in {} already\n", line.out);
    return kSuccess;
  }
  int preparation = kSuccess;
  const auto prepare = [&] {
    try {
      Calibrate();
      program.prepare({line, kept.names, kept.context}, context);
    } catch (const std::exception& error) {
      record::PrintError(program.description.name, error.what());
      const bool is_file = dynamic_cast<const record::FileError*>(&error) != nullptr;
      preparation = is_file ? kUnusable : kRowFailed;
    }
    return preparation == kSuccess;
  };
  DisplayReporter display(rows, line.has_json_display, prepare);
  RecordReporter record(line.out, rows, context, kept.rows);
  benchmark::RunSpecifiedBenchmarks(&display, line.out.empty() ? nullptr : &record, ".");
  fmt::print("{}", display.Listing());
  return preparation == kSuccess ? StatusOf(rows, kept.names.size()) : preparation;
}

}  // namespace

int RunProgram(const Program& program, int argc, char** argv) {
  if (argc == 3 && argv[1] == kInstanceArgument) return RunInstance(argv[2]);
  const std::vector<std::string> command(argv, argv + argc);
  try {
    const CommandLine line =
        ParseCommandLine(program.description, {command.begin() + 1, command.end()});
    fmt::print("{}", line.answer);
    const int status = line.answer.empty() ? RunRows(program, command, line) : kSuccess;
    record::FlushOutput();
    return status;
  } catch (const std::exception& error) {
    record::PrintError(program.description.name, error.what());
    return kUnusable;
  }
}

}  // namespace biasbench::bench
