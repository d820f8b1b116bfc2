#include "bench/program/resume.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <filesystem>
#include <vector>

#include "record/result_file.h"
#include "record/standard_streams.h"
#include "setting/axis.h"
#include "setting/description.h"
#include "text/excerpt.h"

namespace biasbench::bench {
namespace {

using nlohmann::json;

bool IsFinished(const json& row) {
  const json status = row.value("status", json());
  return status == "ok" || status == "skipped" || status == "diverged";
}

// The context keys on which all rows of a file agree. (A digest alone would do, but some files have
// none.)
constexpr auto kBuildKeys = std::to_array(
    {"schema_version", "git_sha", "git_is_dirty", "compiler", "flags", "binary_sha256"});

// The first digits of a commit or a digest.
std::string Shown(const json& context, const char* key) {
  const json value = context.value(key, json());
  return value.is_string() ? value.get<std::string>().substr(0, 40) : value.dump();
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
  if (differs("program")) {
    throw record::FileError(fmt::format("{}: not a result of {}; choose another file", path,
                                        own_context["program"].get<std::string>()));
  }
  std::vector<std::string> differences;
  for (const char* key : kBuildKeys) {
    if (!differs(key)) continue;
    differences.push_back(
        fmt::format("{} is {} there, {} here", key, Shown(context, key), Shown(own_context, key)));
  }
  if (!differences.empty()) {
    throw record::FileError(fmt::format(
        "{}: --resume: rows of another build ({}); choose another file, or go on with that build",
        path, fmt::join(differences, "; ")));
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

void RequireSameSetting(const json& row, const setting::Setting& setting, const std::string& path) {
  const json keys = ToJson(setting);
  for (const setting::Axis& axis : setting::Axes()) {
    const bool is_told = axis.in_name != setting::InName::kNever && IsIn(setting, axis.name_scope);
    const std::string key(axis.key);
    if (is_told || !keys.contains(key) || row.value(key, json()) == keys[key]) continue;
    throw record::FileError(
        fmt::format("{}: --resume: '{}' has {} {} there, {} here; choose another file", path,
                    text::Excerpt(row["name"].get<std::string>()), key,
                    text::Excerpt(row.value(key, json()).dump()), keys[key].dump()));
  }
}

}  // namespace biasbench::bench
