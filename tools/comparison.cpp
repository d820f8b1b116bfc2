#include "comparison.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <numeric>
#include <set>
#include <stdexcept>
#include <string_view>

namespace biasbench::tools {
namespace {

using nlohmann::json;
using Group = std::vector<Measurement>;
using Values = std::vector<double>;

constexpr double kSignificance = 0.05;
constexpr std::size_t kFewestRepetitions = 8;
constexpr std::size_t kFewestSeeds = 4;  // with three on each side U cannot reach significance
constexpr double kMeasuredTolerance = 0.01;
constexpr double kMeasuredToleranceBytes = 512 * 1024;

// Every other key that ends in _bytes is deterministic.
constexpr auto kMeasuredBytes =
    std::to_array<std::string_view>({"peak_rss_bytes", "untracked_bytes"});
constexpr auto kWorseWhenHigher =
    std::to_array<std::string_view>({"train_loss", "test_loss", "diverged"});
constexpr std::string_view kWorseWhenLower = "test_accuracy";

constexpr auto kBuildKeys = std::to_array({"compiler", "flags", "eigen_version"});
constexpr auto kMachineKeys =
    std::to_array({"cpu_model", "logical_cores", "physical_cores", "caches"});
// For runs without machine.json: Google Benchmark's own.
constexpr auto kContextMachineKeys = std::to_array({"host_name", "num_cpus", "caches"});

bool Contains(const auto& list, std::string_view key) {
  return std::ranges::find(list, key) != list.end();
}

enum class Rule { kNone, kExact, kMeasured, kTime, kConvergence };

Rule RuleFor(std::string_view name, std::string_view metric) {
  if (Contains(kMeasuredBytes, metric)) return Rule::kMeasured;
  if (metric.ends_with("_bytes")) return Rule::kExact;
  if (IsThroughput(name) && metric == "real_time") return Rule::kTime;
  if (IsConvergence(name) && (Contains(kWorseWhenHigher, metric) || metric == kWorseWhenLower)) {
    return Rule::kConvergence;
  }
  return Rule::kNone;
}

Verdict Judge(bool is_worse, bool is_better) {
  if (is_worse) return Verdict::kRegressed;
  return is_better ? Verdict::kImproved : Verdict::kSame;
}

void JudgeExactBytes(ComparedRow& row, const Values& a, const Values& b) {
  row.a = std::ranges::max(a);
  row.b = std::ranges::max(b);
  row.verdict = Judge(*row.b > *row.a, *row.b < *row.a);
}

void JudgeMeasuredBytes(ComparedRow& row) {
  const double tolerance = std::max(kMeasuredTolerance * *row.a, kMeasuredToleranceBytes);
  row.verdict = Judge(*row.b > *row.a + tolerance, *row.b < *row.a - tolerance);
}

// Leaves the verdict to JudgeTimes, which needs the p-values of all names.
void MeasureTime(ComparedRow& row, const Values& a, const Values& b, bool is_other_machine) {
  if (is_other_machine) {
    row.note = "different machine";
  } else if (std::ranges::min(a) <= 0 || std::ranges::min(b) <= 0) {
    row.note = "a time of zero";
  } else {
    row.ratio_interval = record::MedianRatioInterval(b, a);
    if (std::min(a.size(), b.size()) < kFewestRepetitions) {
      row.note = fmt::format("too few repetitions, a verdict needs {}", kFewestRepetitions);
    } else {
      row.p_value = record::MannWhitneyP(a, b);
    }
  }
}

void JudgeTimes(std::vector<ComparedRow>& rows, double threshold) {
  std::vector<ComparedRow*> judged;
  Values p_values;
  for (ComparedRow& row : rows) {
    if (row.metric != "real_time" || !row.p_value) continue;
    judged.push_back(&row);
    p_values.push_back(*row.p_value);
  }
  const Values adjusted = record::HolmAdjust(p_values);
  for (std::size_t i = 0; i < judged.size(); ++i) {
    ComparedRow& row = *judged[i];
    row.p_value = adjusted[i];
    const bool is_significant = adjusted[i] <= kSignificance;
    row.verdict = Judge(is_significant && *row.ratio > 1 + threshold,
                        is_significant && *row.ratio < 1 / (1 + threshold));
  }
}

void JudgeConvergence(ComparedRow& row, const Values& a, const Values& b, double tolerance) {
  if (row.metric == "diverged") {  // a median would not see one seed of three
    const auto mean = [](const Values& values) {
      return std::accumulate(values.begin(), values.end(), 0.0) /
             static_cast<double>(values.size());
    };
    row.a = mean(a);
    row.b = mean(b);
  }
  bool is_different =
      std::abs(*row.b - *row.a) > tolerance * std::max(std::abs(*row.a), std::abs(*row.b));
  if (std::min(a.size(), b.size()) >= kFewestSeeds) {
    row.p_value = record::MannWhitneyP(a, b);
    is_different = is_different && *row.p_value <= kSignificance;
  }
  const bool is_higher = *row.b > *row.a;
  const bool is_worse = is_higher != (row.metric == kWorseWhenLower);
  row.verdict = Judge(is_different && is_worse, is_different && !is_worse);
}

Values ValuesOf(const Group& group, const std::string& metric) {
  Values values;
  for (const Measurement& row : group) {
    if (const auto found = row.values.find(metric); found != row.values.end()) {
      values.push_back(found->second);
    }
  }
  return values;
}

// The row of a metric that both sides have; its verdict, if a time's, still to come.
ComparedRow CompareMetric(const std::string& name, const std::string& metric, const Values& a,
                          const Values& b, const ComparisonOptions& options,
                          bool is_other_machine) {
  ComparedRow row{name, metric, record::Median(a), record::Median(b), a.size(), b.size()};
  switch (RuleFor(name, metric)) {
    case Rule::kExact:
      JudgeExactBytes(row, a, b);
      break;
    case Rule::kMeasured:
      JudgeMeasuredBytes(row);
      break;
    case Rule::kTime:
      MeasureTime(row, a, b, is_other_machine);
      break;
    case Rule::kConvergence:
      JudgeConvergence(row, a, b, options.convergence_tolerance);
      break;
    case Rule::kNone:
      break;
  }
  if (*row.a != 0) row.ratio = *row.b / *row.a;
  return row;
}

// The worst status in the group. Convergence's divergence is judged over seeds instead.
std::string GroupStatus(const std::string& name, const Group& group) {
  for (const char* status : {"killed", "error", "diverged", "skipped"}) {
    if (IsConvergence(name) && status == std::string_view("diverged")) continue;
    if (std::ranges::any_of(group, [&](const auto& row) { return row.status == status; })) {
      return status;
    }
  }
  return "ok";
}

// What to say when not all is ok on both sides.
ComparedRow CompareStatus(const std::string& name, const std::string& a, const std::string& b) {
  ComparedRow row{name, "status"};
  row.note = fmt::format("{} in A, {} in B", a, b);
  const bool is_skipped = a == "skipped" || b == "skipped";
  if (!is_skipped && (a == "ok" || b == "ok")) row.verdict = Judge(a == "ok", b == "ok");
  return row;
}

void CompareGroup(const std::string& name, const Group& a, const Group& b,
                  const ComparisonOptions& options, bool is_other_machine,
                  std::vector<ComparedRow>& rows) {
  const std::string a_status = GroupStatus(name, a);
  const std::string b_status = GroupStatus(name, b);
  const bool both_ok = a_status == "ok" && b_status == "ok";
  if (!both_ok) rows.push_back(CompareStatus(name, a_status, b_status));
  std::set<std::string> metrics;
  for (const Group* group : {&a, &b}) {
    for (const Measurement& row : *group) {
      for (const auto& [metric, value] : row.values) metrics.insert(metric);
    }
  }
  for (const std::string& metric : metrics) {
    if (RuleFor(name, metric) == Rule::kNone) continue;
    const Values of_a = ValuesOf(a, metric);
    const Values of_b = ValuesOf(b, metric);
    if (!of_a.empty() && !of_b.empty()) {
      rows.push_back(CompareMetric(name, metric, of_a, of_b, options, is_other_machine));
    } else if (both_ok) {
      rows.push_back({.name = name,
                      .metric = metric,
                      .a_count = of_a.size(),
                      .b_count = of_b.size(),
                      .note = of_a.empty() ? "missing in A" : "missing in B"});
    }
  }
}

std::set<std::string> FullNames(const Group& group) {
  std::set<std::string> names;
  for (const Measurement& row : group) names.insert(row.full_name);
  return names;
}

std::set<std::string> FullNames(const ComparableResults& results) {
  std::set<std::string> names;
  for (const auto& [name, group] : results.groups) names.merge(FullNames(group));
  return names;
}

std::vector<std::string> OnlyIn(const std::set<std::string>& a, const std::set<std::string>& b) {
  std::vector<std::string> only;
  std::ranges::set_difference(a, b, std::back_inserter(only));
  return only;
}

// The rows of `group` whose seeds `other` ran too; all when there are none.
Group WithSharedSeeds(const Group& group, const Group& other) {
  const std::set<std::string> names = FullNames(other);
  Group shared;
  std::ranges::copy_if(group, std::back_inserter(shared),
                       [&](const auto& row) { return names.contains(row.full_name); });
  return shared.empty() ? group : shared;
}

// What the context of one or several files says under `key`: one value if they agree.
std::string InContexts(const ComparableResults& results, const char* key) {
  std::set<std::string> values;
  for (const json& context : results.contexts) {
    values.insert(context.contains(key) ? context[key].dump() : "unknown");
  }
  return fmt::format("{}", fmt::join(values, " and "));
}

void WarnIfDifferent(std::vector<std::string>& warnings, const char* what, const char* key,
                     const std::string& a, const std::string& b) {
  if (a != b)
    warnings.push_back(fmt::format("different {}: {} is {} in A, {} in B", what, key, a, b));
}

// Says what is different; whether anything is.
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

void RequireSameSchema(const ComparableResults& a, const ComparableResults& b) {
  const std::string in_a = InContexts(a, "schema_version");
  const std::string in_b = InContexts(b, "schema_version");
  if (in_a != in_b) {
    throw std::runtime_error(fmt::format("schema_version is {} in A, {} in B", in_a, in_b));
  }
}

}  // namespace

std::size_t Comparison::Count(Verdict verdict) const {
  return static_cast<std::size_t>(
      std::ranges::count(rows, verdict, [](const ComparedRow& row) { return row.verdict; }));
}

int Comparison::ExitCode() const {
  if (Count(Verdict::kRegressed) > 0) return 1;
  return Count(Verdict::kNotJudged) == rows.size() ? 2 : 0;
}

Comparison Compare(const ComparableResults& a, const ComparableResults& b,
                   const ComparisonOptions& options) {
  RequireSameSchema(a, b);
  Comparison comparison;
  const bool is_other_machine =
      WarnOfOtherMachine(a, b, comparison.warnings) && !options.allow_different_machine;
  for (const char* key : kBuildKeys) {
    WarnIfDifferent(comparison.warnings, "build", key, InContexts(a, key), InContexts(b, key));
  }
  comparison.only_in_a = OnlyIn(FullNames(a), FullNames(b));
  comparison.only_in_b = OnlyIn(FullNames(b), FullNames(a));
  for (const auto& [name, group] : a.groups) {
    const auto other = b.groups.find(name);
    if (other == b.groups.end()) continue;
    CompareGroup(name, WithSharedSeeds(group, other->second), WithSharedSeeds(other->second, group),
                 options, is_other_machine, comparison.rows);
  }
  JudgeTimes(comparison.rows, options.time_threshold);
  std::ranges::stable_sort(comparison.rows, {}, &ComparedRow::verdict);
  return comparison;
}

}  // namespace biasbench::tools
