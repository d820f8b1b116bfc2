// A run's results as tools/compare reads them.
#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace biasbench::tools {

// One raw row: a repetition, or a seed.
struct Measurement {
  std::string full_name;  // as rows are named: what its keys say
  std::string status;     // ok, skipped, error, diverged or killed
  // The row's numbers by key; null, NaN and what is not a number are missing, never 0. `real_time`
  // and `cpu_time` are in seconds, the former missing unless the status is ok. Convergence rows
  // always have `diverged`.
  std::map<std::string, double> values;
  // What rows have in common whose times are compared with each other; empty if there is none.
  std::string shape = {};
};

struct ComparableResults {
  // By setting, written as names are, without its seed: a group holds all repetitions and all
  // seeds.
  std::map<std::string, std::vector<Measurement>> groups;
  std::vector<nlohmann::json> contexts;        // of each file
  std::map<std::string, std::string> machine;  // machine.json's values as JSON; empty without it
};

bool IsConvergence(std::string_view name);
bool IsThroughput(std::string_view name);
bool IsStability(std::string_view name);
bool IsPeers(std::string_view name);

// A folder with at least one of footprint.json, throughput.json, convergence.json, stability.json
// and peers.json, or one such file of any name; machine.json is looked for beside. Aggregate rows
// are left out. Throws record::FileError.
ComparableResults LoadComparable(const std::filesystem::path& path);

}  // namespace biasbench::tools
