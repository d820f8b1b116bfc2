// A run's results as tools/compare reads them.
#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "record/result_rows.h"

namespace biasbench::tools {

struct ComparableResults {
  // Rows by setting, written like a name without the seed: a group holds all repetitions and all
  // seeds, and is never empty. Convergence rows always have the number `diverged`.
  std::map<std::string, std::vector<record::ResultRow>> groups;
  std::vector<nlohmann::json> contexts;  // of each file
  nlohmann::json machine = nlohmann::json::object();
};

// The row's full name, made from its keys: "throughput/learned/…", "peers/openblas/inputs:64/…".
std::string FullName(const record::ResultRow& row);

// A folder with at least one of footprint.json, throughput.json, convergence.json, stability.json
// and peers.json, or one such file of any name; machine.json is looked for beside. Throws
// record::FileError.
ComparableResults LoadComparable(const std::filesystem::path& path);

}  // namespace biasbench::tools
