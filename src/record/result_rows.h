// Rows of result files, typed.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "setting/coordinates.h"

namespace biasbench::record {

// One raw row: a repetition, or a seed.
struct ResultRow {
  std::string name;  // for people: what the row is, the other members say
  std::string program;
  std::string status;  // ok, skipped, error, diverged or killed
  setting::Coordinates where;
  std::map<std::string, std::string, std::less<>> texts;
  // Switches are 0 and 1, null is NaN. real_time and cpu_time are in seconds; what did not run to
  // an end has no real_time.
  std::map<std::string, double, std::less<>> numbers;
  std::map<std::string, double, std::less<>> held_bytes;  // by phase: what training held after it

  bool IsOk() const { return status == "ok"; }
  // Empty where there is none.
  std::string Text(std::string_view key) const;
  // Nothing where the key is absent or null.
  std::optional<double> Number(std::string_view key) const;
  // Zero where there is none.
  double NumberOrZero(std::string_view key) const { return Number(key).value_or(0); }
};

struct ResultFile {
  nlohmann::json context;
  std::string program;
  std::vector<ResultRow> rows;
};

// Aggregate rows are left out. Throws FileError, naming file and row, unless the schema is one that
// is read and every row what it should be.
ResultFile LoadRows(const std::filesystem::path& path);

// machine.json in a results folder, or beside a result file; nothing where there is none. Throws
// FileError.
std::optional<nlohmann::json> LoadMachine(const std::filesystem::path& path);

}  // namespace biasbench::record
