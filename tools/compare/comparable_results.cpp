#include "compare/comparable_results.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <utility>

#include "record/result_file.h"

namespace biasbench::tools {
namespace {

namespace fs = std::filesystem;

constexpr auto kFiles = std::to_array(
    {"footprint.json", "throughput.json", "convergence.json", "stability.json", "peers.json"});
// The keys that differ within a group, which its name leaves out.
std::string GroupName(const record::ResultRow& row) {
  if (row.program == "peers") return FullName(row);
  return fmt::format("{}/{}", row.program, row.where.Name({"seed"}));
}

void AddFile(ComparableResults& results, const fs::path& path) {
  record::ResultFile file = record::LoadRows(path);
  results.contexts.push_back(std::move(file.context));
  for (record::ResultRow& row : file.rows) {
    if (row.program == "convergence" && !row.Number("diverged")) {
      row.numbers["diverged"] = row.status == "diverged" ? 1 : 0;
    }
    results.groups[GroupName(row)].push_back(std::move(row));
  }
}

}  // namespace

std::string FullName(const record::ResultRow& row) {
  if (row.program != "peers") return fmt::format("{}/{}", row.program, row.where.Name());
  // A peer's schedule, strategy and the like are its own.
  return fmt::format("peers/{}/{}", row.Text("peer"),
                     row.where.Name({"task", "strategy", "schedule", "optimizer", "seed"}));
}

ComparableResults LoadComparable(const fs::path& path) {
  ComparableResults results;
  if (!fs::is_directory(path)) AddFile(results, path);
  for (const char* file : kFiles) {
    if (fs::exists(path / file)) AddFile(results, path / file);
  }
  if (results.contexts.empty()) {
    throw record::FileError(
        fmt::format("{}: holds none of {}", path.string(), fmt::join(kFiles, ", ")));
  }
  if (auto machine = record::LoadMachine(path)) results.machine = std::move(*machine);
  return results;
}

}  // namespace biasbench::tools
