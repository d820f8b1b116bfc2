#include "bench/program/benchmark_flags.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace biasbench::bench {
namespace {

std::string ErrorOf(const std::string& argument) {
  try {
    CheckedBenchmarkFlag(argument);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "no error";
}

TEST(BenchmarkFlags, GoodOnesStayAsGoogleBenchmarkReadsThem) {
  for (const std::string flag :
       {"--benchmark_filter=", "--benchmark_filter=a|b=c", "--benchmark_min_warmup_time=0",
        "--benchmark_format=json", "--benchmark_color=auto", "--benchmark_list_tests=false",
        "--benchmark_context=a=b,c=", "--benchmark_time_unit=us", "--v=1"}) {
    EXPECT_EQ(CheckedBenchmarkFlag(flag), flag);
  }
  EXPECT_EQ(CheckedBenchmarkFlag("--benchmark_repetitions=1e2"), "--benchmark_repetitions=100");
  // Unknown flags are left to Google Benchmark.
  EXPECT_EQ(CheckedBenchmarkFlag("--benchmark_of_tomorrow=1"), "--benchmark_of_tomorrow=1");
  EXPECT_EQ(CheckedBenchmarkFlag("--benchmark_list_tests"), "--benchmark_list_tests=true");
  EXPECT_EQ(CheckedBenchmarkFlag("--benchmark_report_aggregates_only"),
            "--benchmark_display_aggregates_only=true");
}

TEST(BenchmarkFlags, BadOnesAreNamedWithWhatIsAccepted) {
  struct Case {
    std::string argument;
    std::string error;
  };
  constexpr const char* kCount = " is not a whole number from 1 to 1000000";
  const std::string repetitions = "--benchmark_repetitions";
  for (const Case& bad :
       {Case{repetitions + "=abc", repetitions + ": 'abc'" + kCount},
        {repetitions + "=", repetitions + ": ''" + kCount},
        {repetitions + "=0", repetitions + ": '0'" + kCount},
        {repetitions + "=-3", repetitions + ": '-3'" + kCount},
        {repetitions + "=1e7", repetitions + ": '1e7'" + kCount},
        {repetitions, repetitions + "=VALUE: expected a value"},
        {"--benchmark_min_time=x", "--benchmark_min_time: 'x' is not a number"},
        {"--benchmark_min_time=nan", "--benchmark_min_time: 'nan' is not"},
        {"--benchmark_min_time=-1s", "--benchmark_min_time: '-1' is not a number of seconds"},
        {"--benchmark_min_time=s", "--benchmark_min_time: '' is not a number of seconds"},
        {"--benchmark_min_time=0x", "--benchmark_min_time: '0"},
        {"--benchmark_min_time=1.5x", "--benchmark_min_time: '1.5"},
        {"--benchmark_dry_run=maybe", "--benchmark_dry_run: 'maybe' is none of true, false"},
        {"--benchmark_perf_counters=CYCLES", "--benchmark_perf_counters: they would be counted in"},
        {"--benchmark_out_format=csv", "--benchmark_out_format: only json"},
        {"--benchmark_context=a=1,a=2", "--benchmark_context: the key 'a' is given twice"},
        {"--benchmark_min_warmup_time=-1", "--benchmark_min_warmup_time: '-1'"},
        {"--benchmark_format=foo", "--benchmark_format: 'foo' is none of console, json, csv"},
        {"--benchmark_color=red", "--benchmark_color: 'red' is none of auto,"},
        {"--benchmark_list_tests=maybe", "--benchmark_list_tests: 'maybe'"},
        {"--benchmark_time_unit=h", "--benchmark_time_unit: 'h' is none of ns"},
        {"--benchmark_context=a", "--benchmark_context: 'a' is not KEY=VALUE"},
        {"--v=x", "--v: 'x' is not a whole number from 0 to 9"}}) {
    const std::string error = ErrorOf(bad.argument);
    EXPECT_TRUE(error.starts_with(bad.error)) << bad.argument << ": " << error;
    EXPECT_EQ(error.find('\n'), std::string::npos) << error;
  }
}

// The same durations are understood whatever Google Benchmark is installed; counts where it has
// them.
TEST(BenchmarkFlags, TheLeastTimeIsToldAsTheInstalledVersionReadsIt) {
  const bool has_units = BIASBENCH_GOOGLE_BENCHMARK_NUMBER >= 1008;
  const std::string flag = "--benchmark_min_time=";
  for (const char* value : {"0.05", "0.05s"}) {
    EXPECT_EQ(CheckedBenchmarkFlag(flag + value), flag + (has_units ? "0.05s" : "0.05"));
  }
  EXPECT_EQ(CheckedBenchmarkFlag(flag + "0"), flag + (has_units ? "0s" : "0"));
  if (has_units) {
    EXPECT_EQ(CheckedBenchmarkFlag(flag + "3x"), flag + "3x");
  } else {
    EXPECT_EQ(ErrorOf(flag + "3x"),
              "--benchmark_min_time: '3x' is not a number of seconds above 0, up to 86400");
  }
}

TEST(BenchmarkFlags, TheEnvironmentSetsThemToo) {
  setenv("BENCHMARK_FORMAT", "json", 1);
  EXPECT_EQ(BenchmarkFlagsOfEnvironment(), std::vector<std::string>{"--benchmark_format=json"});
  setenv("BENCHMARK_FORMAT", "foo", 1);
  std::string error;
  try {
    BenchmarkFlagsOfEnvironment();
  } catch (const std::invalid_argument& caught) {
    error = caught.what();
  }
  unsetenv("BENCHMARK_FORMAT");
  EXPECT_EQ(error, "BENCHMARK_FORMAT: --benchmark_format: 'foo' is none of console, json, csv");
}

}  // namespace
}  // namespace biasbench::bench
