// Checks of Google Benchmark's flags. Its own answer to a bad value is two lines, its usage, or
// nothing.
#pragma once

#include <string>
#include <vector>

namespace biasbench::bench {

// The flag in the form that the installed Google Benchmark understands. Throws
// std::invalid_argument, in one line that names the flag and what is accepted, for a value that no
// version can use. A flag that is not known here is left to Google Benchmark.
std::string CheckedBenchmarkFlag(const std::string& argument);

// Calls benchmark::Initialize with these flags. Throws std::invalid_argument, in one line that
// names the flag, if the installed version does not have one of them.
void InitializeGoogleBenchmark(const std::string& program_path,
                               const std::vector<std::string>& flags);

// The flags set by environment variables, such as BENCHMARK_FORMAT=json for --benchmark_format.
// Throws likewise.
std::vector<std::string> BenchmarkFlagsOfEnvironment();

}  // namespace biasbench::bench
