#include "compare/comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <set>
#include <string_view>
#include <utility>

#include "compare/comparison_ratios.h"
#include "compare/comparison_rules.h"
#include "compare/run_differences.h"

namespace biasbench::tools {
namespace {

using record::ResultRow;
using Group = std::vector<ResultRow>;
using Values = std::vector<double>;

Values ValuesOf(const Group& group, const std::string& metric) {
  Values values;
  for (const ResultRow& row : group) {
    if (const auto value = row.Number(metric)) values.push_back(*value);
  }
  return values;
}

// The values of neighbours: measurements that both sides have.
std::pair<Values, Values> NeighboursOf(const Group& a, const Group& b, const std::string& metric) {
  std::pair<Values, Values> values;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    const auto of_a = a[i].Number(metric);
    const auto of_b = b[i].Number(metric);
    if (!of_a || !of_b) continue;
    values.first.push_back(*of_a);
    values.second.push_back(*of_b);
  }
  return values;
}

// The worst status in the group. Convergence's divergence is judged over seeds instead.
std::string GroupStatus(const Group& group) {
  const bool is_of_convergence = group.front().program == "convergence";
  for (const char* status : {"killed", "error", "diverged", "skipped"}) {
    if (is_of_convergence && status == std::string_view("diverged")) continue;
    if (std::ranges::any_of(group, [&](const auto& row) { return row.status == status; })) {
      return status;
    }
  }
  return "ok";
}

// The note on rows that are not ok on both sides.
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
  const std::string a_status = GroupStatus(a);
  const std::string b_status = GroupStatus(b);
  const bool both_ok = a_status == "ok" && b_status == "ok";
  if (!both_ok) rows.push_back(CompareStatus(name, a_status, b_status));
  std::set<std::string> metrics;
  for (const Group* group : {&a, &b}) {
    for (const ResultRow& row : *group) {
      for (const auto& [key, value] : row.numbers) {
        if (IsJudged(row.program, key) && !std::isnan(value)) metrics.insert(key);
      }
    }
  }
  for (const std::string& metric : metrics) {
    const auto [of_a, of_b] = options.takes_turns
                                  ? NeighboursOf(a, b, metric)
                                  : std::pair(ValuesOf(a, metric), ValuesOf(b, metric));
    if (!of_a.empty() && !of_b.empty()) {
      rows.push_back(
          CompareMetric(a.front().program, name, metric, of_a, of_b, options, is_other_machine));
    } else if (both_ok) {
      rows.push_back({.name = name,
                      .metric = metric,
                      .a_count = of_a.size(),
                      .b_count = of_b.size(),
                      .note = ValuesOf(a, metric).empty() ? "missing in A" : "missing in B"});
    }
  }
}

std::set<std::string> FullNames(const Group& group) {
  std::set<std::string> names;
  for (const ResultRow& row : group) names.insert(FullName(row));
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
                       [&](const auto& row) { return names.contains(FullName(row)); });
  return shared.empty() ? group : shared;
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

Comparison Compare(ComparableResults a, ComparableResults b, const ComparisonOptions& options) {
  Comparison comparison;
  const bool machines_differ = WarnOfOtherMachine(a, b, comparison.warnings);
  const bool is_other_machine = machines_differ && !options.allow_different_machine;
  WarnOfOtherBuild(a, b, comparison.warnings);
  if (!machines_differ) comparison.speed_exponents = AdjustTimes(a, b, options.takes_turns);
  comparison.only_in_a = OnlyIn(FullNames(a), FullNames(b));
  comparison.only_in_b = OnlyIn(FullNames(b), FullNames(a));
  for (const auto& [name, group] : a.groups) {
    const auto other = b.groups.find(name);
    if (other == b.groups.end()) continue;
    CompareGroup(name, WithSharedSeeds(group, other->second), WithSharedSeeds(other->second, group),
                 options, is_other_machine, comparison.rows);
  }
  if (!options.takes_turns) {
    std::ranges::move(CompareTimeRatios(a, b, options, is_other_machine),
                      std::back_inserter(comparison.rows));
  }
  JudgeTimes(comparison.rows, options);
  std::ranges::stable_sort(comparison.rows, {}, &ComparedRow::verdict);
  return comparison;
}

}  // namespace biasbench::tools
