#include "report/builds.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "report/numbers.h"

namespace biasbench::report {
namespace {

using nlohmann::json;

// A value of a JSON object for people; nested values as JSON.
std::string Show(const nlohmann::json& value) {
  if (value.is_null()) return "unknown";
  if (value.is_string()) return Plain(value.get<std::string>());
  if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
  if (value.is_number_integer()) return Integer(value.get<double>());
  if (value.is_number()) return ThreeDigits(value.get<double>());
  return Plain(value.dump());
}

struct FileContext {
  std::string name;
  const json* context;
};

std::vector<FileContext> ContextsOf(const Results& results) {
  std::vector<FileContext> files;
  const std::pair<const char*, const std::optional<record::ResultFile>*> measured[] = {
      {"footprint", &results.footprint},
      {"throughput", &results.throughput},
      {"convergence", &results.convergence},
      {"stability", &results.stability}};
  for (const auto& [name, file] : measured) {
    if (*file) files.push_back({name, &(*file)->context});
  }
  if (results.peers) files.push_back({"peers", &results.peers->context});
  if (results.machine) files.push_back({"machine", &*results.machine});
  return files;
}

std::string TextOf(const json& context, const char* key) {
  const auto found = context.find(key);
  return found != context.end() && found->is_string() ? found->get<std::string>() : "";
}

// Empty where the file says nothing about it.
std::string Commit(const json& context) {
  if (!context.contains("git_sha")) return "";
  const std::string sha = TextOf(context, "git_sha");
  const json dirty = context.value("git_is_dirty", json());
  return fmt::format(
      "{}{}", sha.empty() ? "unknown" : Code(sha.substr(0, 12)),
      dirty == true || dirty == "true" ? " with changes that were not committed" : "");
}

std::string Compilation(const json& context) {
  if (!context.contains("compiler")) return "";
  return fmt::format("{} {}", Plain(TextOf(context, "compiler")), Code(TextOf(context, "flags")));
}

// The values in the order of the files, each with the files that have it.
using Groups = std::vector<std::pair<std::string, std::vector<std::string>>>;

Groups GroupBy(const Results& results, std::string (*value_of)(const json&)) {
  Groups groups;
  for (const auto& [name, context] : ContextsOf(results)) {
    const std::string value = value_of(*context);
    if (value.empty()) continue;
    auto group = std::ranges::find(groups, value, &Groups::value_type::first);
    if (group == groups.end()) group = groups.insert(groups.end(), {value, {}});
    group->second.push_back(Code(name + ".json"));
  }
  return groups;
}

std::string Listed(const Groups& groups) {
  std::vector<std::string> parts;
  for (const auto& [value, files] : groups) {
    parts.push_back(fmt::format("{} ({})", value, fmt::join(files, ", ")));
  }
  return fmt::format("{}", fmt::join(parts, "; "));
}

}  // namespace

std::string CommitPhrase(const Results& results) {
  const Groups commits = GroupBy(results, Commit);
  if (commits.empty()) return "";
  return fmt::format("at commit {}", commits.size() == 1 ? commits[0].first : Listed(commits));
}

std::string Origin(const Results& results) {
  std::string text = "Measured";
  if (results.machine) {
    const std::string model = TextOf(*results.machine, "cpu_model");
    if (!model.empty()) text += " on " + Plain(model);
  }
  if (const std::string commit = CommitPhrase(results); !commit.empty()) text += " " + commit;
  return text;
}

std::string Provenance(const Results& results) {
  return Origin(results) +
         ". The run rules are in `results/README.md`; machine, build and every row's command "
         "are in the appendix.";
}

std::string BuildWarning(const Results& results) {
  std::vector<std::string> differences;
  for (const auto& [what, groups] :
       {std::pair{"commits", GroupBy(results, Commit)},
        std::pair{"compilers or flags", GroupBy(results, Compilation)}}) {
    if (groups.size() > 1) differences.push_back(fmt::format("{}: {}", what, Listed(groups)));
  }
  if (differences.empty()) return "";
  return fmt::format(
      "WARNING: these files are not of one build, so figures of different files must not be "
      "compared with each other. They have different {}.",
      fmt::join(differences, "; and "));
}

Table MachineTable(const nlohmann::json& machine) {
  Table table{"", {{"machine"}, {""}}, {}};
  for (const auto& [key, value] : machine.items()) {
    if (value.is_array() && !value.empty()) {
      for (const auto& entry : value) table.rows.push_back({Code(key), Show(entry)});
    } else {
      table.rows.push_back({Code(key), Show(value)});
    }
  }
  return table;
}

Table BuildTable(const Results& results) {
  constexpr const char* kKeys[] = {"date",
                                   "command",
                                   "git_sha",
                                   "git_is_dirty",
                                   "binary_sha256",
                                   "compiler",
                                   "flags",
                                   "eigen_version",
                                   "library_build_type_note",
                                   "threads",
                                   "denormals",
                                   "num_cpus",
                                   "peak_flops_per_second",
                                   "peak_bfloat16_flops_per_second",
                                   "peak_bytes_per_second"};
  const std::vector<FileContext> files = ContextsOf(results);
  Table table{"", {{""}}, {}};
  for (const FileContext& file : files) table.columns.push_back({file.name});
  for (const char* key : kKeys) {
    std::vector<std::string> cells = {Code(key)};
    bool is_known = false;
    for (const FileContext& file : files) {
      const auto value = file.context->find(key);
      is_known |= value != file.context->end();
      cells.push_back(value == file.context->end() ? "" : Show(*value));
    }
    if (is_known) table.rows.push_back(std::move(cells));
  }
  return table;
}

}  // namespace biasbench::report
