#include "comparable_results.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "record/result_file.h"
#include "setting/coordinates.h"
#include "text/excerpt.h"

namespace biasbench::tools {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using record::FileError;

constexpr auto kFiles = std::to_array(
    {"footprint.json", "throughput.json", "convergence.json", "stability.json", "peers.json"});
constexpr auto kStatuses =
    std::to_array<std::string_view>({"ok", "skipped", "error", "diverged", "killed"});
constexpr auto kTimeUnits = std::to_array<std::pair<std::string_view, double>>(
    {{"ns", 1e-9}, {"us", 1e-6}, {"ms", 1e-3}, {"s", 1.0}});

// "throughput/learned/…", "peers/openblas/inputs:64/…": what the row's keys say, as names have it.
std::string SettingName(const std::string& program, const json& row, const std::string& setting) {
  const auto peer = row.find("peer");
  const bool is_peers = peer != row.end() && peer->is_string();
  return fmt::format("{}/{}{}", program, is_peers ? peer->get<std::string>() + "/" : "", setting);
}

std::string Status(const json& row) {
  if (const auto status = row.find("status"); status != row.end() && status->is_string()) {
    return *status;
  }
  const auto error = row.find("error_occurred");
  return error != row.end() && *error == true ? "error" : "ok";
}

double SecondsInUnit(const std::string& unit) {
  const auto* found =
      std::ranges::find(kTimeUnits, unit, [](const auto& entry) { return entry.first; });
  if (found == kTimeUnits.end())
    throw FileError(fmt::format("unknown time_unit {}", text::Excerpt(unit)));
  return found->second;
}

// Throws FileError without the file's name.
Measurement ReadMeasurement(const std::string& name, const json& row) {
  Measurement measurement{name, Status(row), {}, {}};
  if (std::ranges::find(kStatuses, measurement.status) == kStatuses.end()) {
    throw FileError(fmt::format("unknown status {}, not one of {}",
                                text::Excerpt(measurement.status), fmt::join(kStatuses, ", ")));
  }
  auto& values = measurement.values;
  for (const auto& [key, value] : row.items()) {
    if (value.is_number()) values[key] = value;
    if (value.is_boolean()) values[key] = value.get<bool>() ? 1 : 0;
  }
  if (measurement.status != "ok") values.erase("real_time");  // Google Benchmark writes 0
  for (const char* key : {"real_time", "cpu_time"}) {
    if (values.contains(key)) values[key] *= SecondsInUnit(row.value("time_unit", "ns"));
  }
  if (IsConvergence(measurement.full_name)) {
    values.try_emplace("diverged", measurement.status == "diverged" ? 1 : 0);
  }
  return measurement;
}

void AddRow(ComparableResults& results, const std::string& program, const json& row) {
  if (program.empty()) throw FileError("the context names no program");
  const setting::Coordinates where(row);
  // A peer's schedule, strategy and the like are its own.
  const bool is_peers = row.contains("peer");
  const std::string same_shape = where.Name({"task", "strategy", "schedule", "optimizer", "seed"});
  Measurement measurement =
      ReadMeasurement(SettingName(program, row, is_peers ? same_shape : where.Name()), row);
  if (!where.Text("inputs").empty()) measurement.shape = program + "/" + same_shape;
  results.groups[SettingName(program, row, is_peers ? same_shape : where.Name({"seed"}))].push_back(
      std::move(measurement));
}

void AddFile(ComparableResults& results, const fs::path& path) {
  const json file = record::LoadResults(path);
  const json& context = file["context"];
  const bool has_program = context.contains("program") && context["program"].is_string();
  const std::string program = has_program ? context["program"].get<std::string>() : "";
  results.contexts.push_back(file["context"]);
  for (const json& row : file["benchmarks"]) {
    const std::string name = row["name"];
    if (row.contains("run_type") && row["run_type"] == "aggregate") continue;
    try {
      AddRow(results, program, row);
    } catch (const std::exception& error) {
      throw FileError(fmt::format("{}: {}: {}", path.string(), text::Excerpt(name), error.what()));
    }
  }
}

std::map<std::string, std::string> LoadMachine(const fs::path& path) {
  std::map<std::string, std::string> machine;
  if (!fs::exists(path)) return machine;
  const json object = record::LoadObject(path);
  for (const auto& [key, value] : object.items()) machine[key] = value.dump();
  return machine;
}

}  // namespace

bool IsConvergence(std::string_view name) { return name.starts_with("convergence/"); }
bool IsThroughput(std::string_view name) { return name.starts_with("throughput/"); }
bool IsStability(std::string_view name) { return name.starts_with("stability/"); }
bool IsPeers(std::string_view name) { return name.starts_with("peers/"); }

ComparableResults LoadComparable(const fs::path& path) {
  ComparableResults results;
  if (!fs::is_directory(path)) {
    AddFile(results, path);
    results.machine = LoadMachine(path.parent_path() / "machine.json");
    return results;
  }
  for (const char* file : kFiles) {
    if (fs::exists(path / file)) AddFile(results, path / file);
  }
  if (results.contexts.empty()) {
    throw FileError(fmt::format("{}: holds none of {}", path.string(), fmt::join(kFiles, ", ")));
  }
  results.machine = LoadMachine(path / "machine.json");
  return results;
}

}  // namespace biasbench::tools
