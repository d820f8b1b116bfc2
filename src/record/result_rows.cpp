#include "record/result_rows.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "record/result_file.h"
#include "text/excerpt.h"

namespace biasbench::record {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr auto kStatuses =
    std::to_array<std::string_view>({"ok", "skipped", "error", "diverged", "killed"});
constexpr auto kTimeUnits = std::to_array<std::pair<std::string_view, double>>(
    {{"ns", 1e-9}, {"us", 1e-6}, {"ms", 1e-3}, {"s", 1.0}});

void RequireKnownSchema(const json& context) {
  const json version = context.value("schema_version", json());
  const bool is_number = version.is_number_integer();
  if (is_number && version == kSchemaVersion) return;
  const bool is_older = is_number && version < kSchemaVersion;
  throw FileError(fmt::format("expected schema_version {}, found {}{}", kSchemaVersion,
                              version.is_null() ? "none" : text::Excerpt(version.dump()),
                              is_older ? "; tools/migrate_results brings older files here" : ""));
}

std::string TextOr(const json& row, const char* key, const char* otherwise) {
  const auto found = row.find(key);
  if (found == row.end()) return otherwise;
  if (!found->is_string()) throw FileError(fmt::format("{} is not a text", key));
  return *found;
}

// Google Benchmark's own rows have no status.
std::string StatusOf(const json& row) {
  const bool has_failed = row.value("error_occurred", json()) == true;
  std::string status = TextOr(row, "status", has_failed ? "error" : "ok");
  if (std::ranges::find(kStatuses, status) == kStatuses.end()) {
    throw FileError(fmt::format("unknown status {}, not one of {}", text::Excerpt(status),
                                fmt::join(kStatuses, ", ")));
  }
  return status;
}

double TimeUnitOf(const json& row) {
  const std::string unit = TextOr(row, "time_unit", "ns");
  const auto* found =
      std::ranges::find(kTimeUnits, unit, [](const auto& entry) { return entry.first; });
  if (found == kTimeUnits.end()) {
    throw FileError(fmt::format("unknown time_unit {}", text::Excerpt(unit)));
  }
  return found->second;
}

void AddValue(const std::string& key, const json& value, ResultRow& row) {
  if (value.is_string()) row.texts[key] = value;
  if (value.is_number()) row.numbers[key] = value;
  if (value.is_boolean()) row.numbers[key] = value.get<bool>() ? 1 : 0;
  if (value.is_null()) row.numbers[key] = std::numeric_limits<double>::quiet_NaN();
}

void AddPhases(const json& phases, ResultRow& row) {
  for (const auto& [phase, bytes] : phases.items()) {
    const json held = bytes.is_object() ? bytes.value("held_bytes", json()) : json();
    if (!held.is_number()) {
      throw FileError(fmt::format("no 'held_bytes' of phase '{}'", text::Excerpt(phase)));
    }
    row.held_bytes[phase] = held;
  }
}

// Throws FileError without the file's and the row's name.
ResultRow ReadRow(const json& keys, const std::string& program) {
  ResultRow row;
  row.name = keys["name"];
  row.program = program;
  row.status = StatusOf(keys);
  row.where = setting::Coordinates(keys);
  for (const auto& [key, value] : keys.items()) AddValue(key, value, row);
  AddPhases(keys.value("phases", json()), row);
  if (!row.IsOk()) row.numbers.erase("real_time");  // Google Benchmark writes 0
  const double unit = TimeUnitOf(keys);
  for (const char* key : {"real_time", "cpu_time"}) {
    if (const auto time = row.numbers.find(key); time != row.numbers.end()) time->second *= unit;
  }
  return row;
}

bool IsAggregate(const json& row) { return row.value("run_type", json()) == "aggregate"; }

}  // namespace

std::string ResultRow::Text(std::string_view key) const {
  const auto found = texts.find(key);
  return found == texts.end() ? "" : found->second;
}

std::optional<double> ResultRow::Number(std::string_view key) const {
  const auto found = numbers.find(key);
  if (found == numbers.end() || std::isnan(found->second)) return std::nullopt;
  return found->second;
}

ResultFile LoadRows(const fs::path& path) {
  const json file = LoadResults(path);
  ResultFile result{file["context"], {}, {}};
  std::string place = path.string();
  try {
    RequireKnownSchema(result.context);
    result.program = TextOr(result.context, "program", "");
    if (result.program.empty()) throw FileError("the context names no program");
    for (const json& row : file["benchmarks"]) {
      if (IsAggregate(row)) continue;
      const std::string name = row["name"];
      place = fmt::format("{}: row '{}'", path.string(), text::Excerpt(name));
      result.rows.push_back(ReadRow(row, result.program));
    }
  } catch (const FileError& error) {
    throw FileError(fmt::format("{}: {}", place, error.what()));
  }
  return result;
}

std::optional<json> LoadMachine(const fs::path& path) {
  const fs::path file = (fs::is_directory(path) ? path : path.parent_path()) / "machine.json";
  if (!fs::exists(file)) return std::nullopt;
  return LoadObject(file);
}

}  // namespace biasbench::record
