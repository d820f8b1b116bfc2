// The command line that the three programs share: their own flags, and Google Benchmark's.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "bench/instance_configuration.h"

namespace biasbench::bench {

// What tells the programs' command lines apart.
struct ProgramDescription {
  std::string_view name;
  std::string_view summary;
  std::string_view examples;  // command lines, one a line
  std::string_view default_schedules;
  bool trains_on_tasks = false;  // a task decides inputs and outputs; there is training to set up
};

struct CommandLine {
  // What --help and --list are answered with; then nothing else is to be done.
  std::string answer;

  // One for each combination of the lists, in the order in which they run.
  std::vector<InstanceConfiguration> configurations;
  std::string out;     // --benchmark_out; empty: none
  std::string curves;  // --curves; empty: none
  bool resume = false;
  bool has_json_display = false;             // --benchmark_format=json
  std::vector<std::string> benchmark_flags;  // for benchmark::Initialize, without the out file's
  // Of these, those that decide how a row is measured.
  std::vector<std::string> measuring_flags;
};

// `arguments` without the program's name. Throws std::invalid_argument in one line that names the
// flag and what is accepted; data::Error in one that names the file of --train or --test.
CommandLine ParseCommandLine(const ProgramDescription& program,
                             const std::vector<std::string>& arguments);

}  // namespace biasbench::bench
