// The command line that the benchmark programs share: their own flags, and Google Benchmark's.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "bench/instance/rank_launch.h"
#include "setting/axis.h"
#include "setting/setting.h"

namespace biasbench::bench {

struct CommandLine {
  // The answer to --help, --version or --list; nothing else is to be done then.
  std::string answer;

  // One for each combination of the lists, in the order in which they run.
  std::vector<setting::Setting> configurations;
  std::string out;     // --benchmark_out; empty: none
  std::string curves;  // --curves; empty: none
  bool resume = false;
  RankLauncher launcher;                     // of rows with several ranks
  std::vector<std::string> launcher_flags;   // that name it, where it is not the usual one
  std::string format = "console";            // --benchmark_format
  std::int64_t repetitions = 1;              // --benchmark_repetitions
  std::vector<std::string> benchmark_flags;  // for benchmark::Initialize, without the out file's
  // Those of benchmark_flags that decide how a row is measured.
  std::vector<std::string> measuring_flags;
};

// Moves Google Benchmark's flags from `arguments` to `line` and returns the rest. Throws as
// ParseCommandLine does.
std::vector<std::string> SplitOffBenchmarkFlags(const std::vector<std::string>& arguments,
                                                CommandLine& line);

// `arguments` without the program's name. Throws std::invalid_argument in one line that names the
// flag and what is accepted; data::Error in one that names the file of --train or --test.
CommandLine ParseCommandLine(const setting::Program& program,
                             const std::vector<std::string>& arguments);

}  // namespace biasbench::bench
