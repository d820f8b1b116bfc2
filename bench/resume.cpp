#include "bench/resume.h"

#include <fmt/format.h>

#include <array>
#include <filesystem>

#include "record/result_file.h"
#include "record/standard_streams.h"

namespace biasbench::bench {
namespace {

using nlohmann::json;

bool IsFinished(const json& row) {
  const std::string status = row.value("status", "");
  return status == "ok" || status == "skipped" || status == "diverged";
}

}  // namespace

KeptRows KeepFinishedRows(const std::string& path, const json& own_context) {
  KeptRows kept;
  if (!std::filesystem::exists(path)) return kept;
  const json results = record::LoadResults(path);
  const json& context = results["context"];
  const auto differs = [&](const char* key) {
    return context.value(key, json()) != own_context[key];
  };
  if (differs("program") || differs("schema_version")) {
    throw record::FileError(fmt::format("{}: not a result of {}; choose another file", path,
                                        own_context["program"].get<std::string>()));
  }
  for (const char* key : {"git_sha", "git_is_dirty", "compiler", "flags"}) {
    if (!differs(key)) continue;
    record::PrintNote(fmt::format(
        "--resume: {} is of another build ({} differs): measuring all rows anew\n", path, key));
    return kept;
  }
  kept.context = context;
  std::set<std::string> unfinished;
  for (const json& row : results["benchmarks"]) {
    if (!IsFinished(row)) unfinished.insert(row["name"].get<std::string>());
  }
  for (const json& row : results["benchmarks"]) {
    const std::string name = row["name"];
    if (unfinished.contains(name)) continue;
    kept.names.insert(name);
    kept.rows.push_back(row);
  }
  return kept;
}

}  // namespace biasbench::bench
