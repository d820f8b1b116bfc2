#include "run_differences.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <set>
#include <stdexcept>

#include "record/result_file.h"
#include "text/excerpt.h"

namespace biasbench::tools {
namespace {

constexpr auto kBuildKeys = std::to_array({"compiler", "flags", "eigen_version"});
constexpr auto kMachineKeys =
    std::to_array({"cpu_model", "logical_cores", "physical_cores", "caches"});
// For runs without machine.json: Google Benchmark's own.
constexpr auto kContextMachineKeys = std::to_array({"host_name", "num_cpus", "caches"});

// What the context of one or several files says under `key`: one value if they agree.
std::string InContexts(const ComparableResults& results, const char* key) {
  std::set<std::string> values;
  for (const nlohmann::json& context : results.contexts) {
    values.insert(context.contains(key) ? context[key].dump() : "unknown");
  }
  return fmt::format("{}", fmt::join(values, " and "));
}

void WarnIfDifferent(std::vector<std::string>& warnings, const char* what, const char* key,
                     const std::string& a, const std::string& b) {
  if (a == b) return;
  warnings.push_back(fmt::format("different {}: {} is {} in A, {} in B", what, key,
                                 text::Excerpt(a), text::Excerpt(b)));
}

}  // namespace

bool WarnOfOtherMachine(const ComparableResults& a, const ComparableResults& b,
                        std::vector<std::string>& warnings) {
  const std::size_t before = warnings.size();
  if (!a.machine.empty() && !b.machine.empty()) {
    const auto told = [](const ComparableResults& results, const char* key) {
      const auto found = results.machine.find(key);
      return found == results.machine.end() ? "unknown" : found->second;
    };
    for (const char* key : kMachineKeys) {
      WarnIfDifferent(warnings, "machine", key, told(a, key), told(b, key));
    }
  } else {
    for (const char* key : kContextMachineKeys) {
      WarnIfDifferent(warnings, "machine", key, InContexts(a, key), InContexts(b, key));
    }
  }
  return warnings.size() > before;
}

void RequireComparableSchemas(const ComparableResults& a, const ComparableResults& b) {
  const std::string in_a = InContexts(a, "schema_version");
  const std::string in_b = InContexts(b, "schema_version");
  // All keys that are compared mean the same in the versions that are read.
  const bool are_read = std::ranges::all_of(a.contexts, record::HasKnownSchema) &&
                        std::ranges::all_of(b.contexts, record::HasKnownSchema);
  if (are_read || (in_a == "unknown" && in_b == "unknown")) return;
  throw std::runtime_error(fmt::format(
      "schema_version is {} in A, {} in B; expected {}; tools/migrate_results brings older files "
      "there",
      text::Excerpt(in_a), text::Excerpt(in_b), record::kSchemaVersion));
}

void WarnOfOtherBuild(const ComparableResults& a, const ComparableResults& b,
                      std::vector<std::string>& warnings) {
  for (const char* key : kBuildKeys) {
    WarnIfDifferent(warnings, "build", key, InContexts(a, key), InContexts(b, key));
  }
}

}  // namespace biasbench::tools
