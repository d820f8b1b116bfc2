#include "bench/program/benchmark_flags.h"

#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <set>
#include <stdexcept>
#include <string_view>

#include "bench/program/flag_values.h"
#include "text/excerpt.h"

namespace biasbench::bench {
namespace {

// True if --benchmark_min_time has units.
constexpr bool kHasMinTimeUnits = BIASBENCH_GOOGLE_BENCHMARK_NUMBER >= 1008;

std::string OneOf(const std::string& value, std::string_view accepted) {
  const std::vector<std::string> choices = SplitList(accepted);
  if (std::ranges::find(choices, value) == choices.end()) {
    throw std::invalid_argument(
        fmt::format("'{}' is none of {}", text::Excerpt(value), fmt::join(choices, ", ")));
  }
  return value;
}

// Google Benchmark takes whatever it does not know for true.
std::string Switch(const std::string& value) {
  return OneOf(value, "true,false,yes,no,on,off,1,0");
}
std::string Color(const std::string& value) {
  return OneOf(value, "auto,true,false,yes,no,on,off,1,0");
}
std::string Format(const std::string& value) { return OneOf(value, "console,json,csv"); }
std::string TimeUnit(const std::string& value) { return OneOf(value, "ns,us,ms,s"); }
std::string Repetitions(const std::string& value) {
  return std::to_string(ParseCount(value, {1, 1'000'000}));
}
std::string Verbosity(const std::string& value) {
  return std::to_string(ParseCount(value, {0, 9}));
}
std::string Any(const std::string& value) { return value; }

// Files are this program's own.
std::string OutFormat(const std::string& value) {
  if (value != "json") throw std::invalid_argument("only json is written to files");
  return value;
}

std::string PerfCounters(const std::string& value) {
  if (!value.empty()) {
    throw std::invalid_argument(
        "they would be counted in this process, which trains nothing; expected none");
  }
  return value;
}

std::string Seconds(const std::string& value) {
  ParseSeconds(value);
  return value;
}

std::string SecondsOrNone(const std::string& value) {
  return value == "0" ? value : Seconds(value);
}

// "0.5" and, as Google Benchmark has it from 1.8 on, "0.5s" and "3x" (iterations).
std::string MinTime(const std::string& value) {
  if (value.ends_with('x') && value != "x" && kHasMinTimeUnits) {
    return fmt::format("{}x", ParseCount(value.substr(0, value.size() - 1), {1, 1'000'000'000}));
  }
  const std::string seconds =
      SecondsOrNone(value.ends_with('s') ? value.substr(0, value.size() - 1) : value);
  return seconds + (kHasMinTimeUnits ? "s" : "");
}

std::string KeyValues(const std::string& value) {
  std::set<std::string> keys;
  for (const std::string& pair : SplitList(value)) {
    if (std::ranges::count(pair, '=') != 1 || pair.starts_with('=')) {
      throw std::invalid_argument(fmt::format("'{}' is not KEY=VALUE", text::Excerpt(pair)));
    }
    const std::string key = pair.substr(0, pair.find('='));
    if (!keys.insert(key).second) {
      throw std::invalid_argument(fmt::format("the key '{}' is given twice", text::Excerpt(key)));
    }
  }
  return value;
}

constexpr std::string_view kReportAggregatesOnly = "--benchmark_report_aggregates_only";

// A flag whose values are checked before Google Benchmark gets them, whether or not the installed
// version has it.
struct BenchmarkFlag {
  std::string_view name;
  std::string (*read)(const std::string& value);
};

constexpr auto kBenchmarkFlags =
    std::to_array<BenchmarkFlag>({{"--benchmark_filter", Any},
                                  {"--benchmark_list_tests", Switch},
                                  {"--benchmark_min_time", MinTime},
                                  {"--benchmark_min_warmup_time", SecondsOrNone},
                                  {"--benchmark_repetitions", Repetitions},
                                  {"--benchmark_dry_run", Switch},
                                  {"--benchmark_enable_random_interleaving", Switch},
                                  {"--benchmark_display_aggregates_only", Switch},
                                  {kReportAggregatesOnly, Switch},
                                  {"--benchmark_format", Format},
                                  {"--benchmark_out_format", OutFormat},
                                  {"--benchmark_color", Color},
                                  {"--benchmark_counters_tabular", Switch},
                                  {"--benchmark_perf_counters", PerfCounters},
                                  {"--benchmark_context", KeyValues},
                                  {"--benchmark_time_unit", TimeUnit},
                                  {"--v", Verbosity}});

}  // namespace

std::string CheckedBenchmarkFlag(const std::string& argument) {
  const std::size_t equals = std::min(argument.find('='), argument.size());
  std::string name = argument.substr(0, equals);
  const auto* const flag = std::ranges::find(kBenchmarkFlags, name, &BenchmarkFlag::name);
  if (flag == kBenchmarkFlags.end()) return argument;
  const bool has_value = equals < argument.size();
  if (!has_value && flag->read != Switch) {
    throw std::invalid_argument(fmt::format("{}=VALUE: expected a value", name));
  }
  const std::string value =
      has_value ? ParseFlag(name, argument.substr(equals + 1), flag->read) : "true";
  // The file keeps the single repetitions always.
  if (name == kReportAggregatesOnly) name = "--benchmark_display_aggregates_only";
  return fmt::format("{}={}", name, value);
}

void InitializeGoogleBenchmark(const std::string& program_path,
                               const std::vector<std::string>& flags) {
  static std::vector<std::string> words;  // Google Benchmark keeps a pointer to the first
  words = {program_path};
  words.insert(words.end(), flags.begin(), flags.end());
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  int count = static_cast<int>(arguments.size());
  arguments.push_back(nullptr);
  benchmark::Initialize(&count, arguments.data());
  if (count > 1) {
    throw std::invalid_argument(fmt::format("{}: Google Benchmark {} has no such flag; see --help",
                                            text::Excerpt(arguments[1]),
                                            BIASBENCH_GOOGLE_BENCHMARK_VERSION));
  }
}

std::vector<std::string> BenchmarkFlagsOfEnvironment() {
  std::vector<std::string> flags;
  for (const BenchmarkFlag& flag : kBenchmarkFlags) {
    std::string variable(flag.name.substr(2));
    std::ranges::transform(variable, variable.begin(),
                           [](unsigned char c) { return std::toupper(c); });
    const char* const value = std::getenv(variable.c_str());
    if (!variable.starts_with("BENCHMARK_") || value == nullptr) continue;
    flags.push_back(
        ParseFlag(variable, fmt::format("{}={}", flag.name, value), CheckedBenchmarkFlag));
  }
  return flags;
}

}  // namespace biasbench::bench
