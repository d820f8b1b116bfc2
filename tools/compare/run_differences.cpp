#include "compare/run_differences.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <set>

#include "text/excerpt.h"

namespace biasbench::tools {
namespace {

constexpr auto kBuildKeys = std::to_array({"compiler", "flags", "eigen_version"});
constexpr auto kMachineKeys =
    std::to_array({"cpu_model", "logical_cores", "physical_cores", "caches"});
// The keys for runs without machine.json: Google Benchmark's own.
constexpr auto kContextMachineKeys = std::to_array({"host_name", "num_cpus", "caches"});

std::string Told(const nlohmann::json& object, const char* key) {
  return object.contains(key) ? object[key].dump() : "unknown";
}

// The value of `key` in the contexts of one or several files: one value if they agree.
std::string InContexts(const ComparableResults& results, const char* key) {
  std::set<std::string> values;
  for (const nlohmann::json& context : results.contexts) {
    values.insert(Told(context, key));
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
    for (const char* key : kMachineKeys) {
      WarnIfDifferent(warnings, "machine", key, Told(a.machine, key), Told(b.machine, key));
    }
  } else {
    for (const char* key : kContextMachineKeys) {
      WarnIfDifferent(warnings, "machine", key, InContexts(a, key), InContexts(b, key));
    }
  }
  return warnings.size() > before;
}

void WarnOfOtherBuild(const ComparableResults& a, const ComparableResults& b,
                      std::vector<std::string>& warnings) {
  for (const char* key : kBuildKeys) {
    WarnIfDifferent(warnings, "build", key, InContexts(a, key), InContexts(b, key));
  }
}

}  // namespace biasbench::tools
