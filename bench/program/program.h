// Shared main() of the benchmark programs.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <set>
#include <span>
#include <string>

#include "bench/program/command_line.h"
#include "bench/program/row_runner.h"

namespace biasbench::bench {

// A run before its first row: the command line, and the rows kept of an earlier run.
struct Run {
  const CommandLine& command_line;
  const std::set<std::string>& kept_names;  // rows of an earlier run that stay
  const nlohmann::json& kept_context;
};

struct Program {
  setting::Program description;
  Measuring measuring;
  std::int64_t iterations = 0;  // 0: Google Benchmark finds how many its --benchmark_min_time takes
  // Called once before the first row, to measure what all rows are compared with. May add to the
  // result file's context. An exception ends the program.
  std::function<void(const Run&, nlohmann::json& context)> prepare = [](const Run&,
                                                                        nlohmann::json&) {};
};

// The whole main(). Exit status: 0 all rows measured or skipped; 1 a row failed; 2 the command line
// cannot be understood, a file not be written, or nothing fits.
int RunProgram(const Program& program, int argc, char** argv);

}  // namespace biasbench::bench
