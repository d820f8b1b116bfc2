// The flags of Google Benchmark, which itself answers a bad value with two lines, with its usage or
// not at all.
#pragma once

#include <string>
#include <vector>

namespace biasbench::bench {

// The flag as the installed Google Benchmark is to be told it. Throws std::invalid_argument, in one
// line that names the flag and what is accepted, for a value that no version can use. A flag that
// is not known here is left to Google Benchmark.
std::string CheckedBenchmarkFlag(const std::string& argument);

// benchmark::Initialize with these flags. Throws std::invalid_argument, in one line that names the
// flag, if the installed version does not have one of them.
void InitializeGoogleBenchmark(const std::string& program_path,
                               const std::vector<std::string>& flags);

// The flags that environment variables stand for, as BENCHMARK_FORMAT=json for --benchmark_format.
// Throws likewise.
std::vector<std::string> BenchmarkFlagsOfEnvironment();

}  // namespace biasbench::bench
