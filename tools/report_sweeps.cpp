#include "report_sweeps.h"

#include <algorithm>
#include <map>
#include <string>

namespace biasbench::report {
namespace {

constexpr std::string_view kInputs = "inputs";
constexpr std::string_view kOutputs = "outputs";

// What rows of a sweep have in common.
std::string AllElse(const Row& row, std::string_view key) {
  return row.where.Name({"seed", key, key == kInputs ? kOutputs : key});
}

}  // namespace

std::vector<double> SweepPoint::samples_per_second() const {
  std::vector<double> values;
  for (const Row* row : rows) values.push_back(row->NumberOrZero("items_per_second"));
  return values;
}

std::vector<double> SweepPoint::step_seconds() const {
  std::vector<double> seconds = samples_per_second();
  for (double& number : seconds) number = front().NumberOrZero("batch") / number;
  return seconds;
}

Sweep FindSweep(const ResultFile& throughput, std::string_view key) {
  std::map<std::string, std::map<double, Group>> sweeps;
  for (const Row& row : throughput.rows) {
    const bool is_measured = row.IsOk() && row.NumberOrZero("items_per_second") > 0 &&
                             row.NumberOrZero("batch") > 0 && row.NumberOrZero(key) > 0;
    if (row.label != kLearned || !is_measured) continue;
    Group& rows = sweeps[AllElse(row, key)][row.NumberOrZero(key)];
    // Of several outputs one: the points differ in the inputs.
    const bool is_alike = rows.empty() || rows.front()->where.Name() == row.where.Name();
    if (is_alike) rows.push_back(&row);
  }
  Sweep longest;
  for (const auto& [all_else, points] : sweeps) {
    if (points.size() < 2 || points.size() <= longest.size()) continue;
    longest.clear();
    for (const auto& [value, rows] : points) longest.push_back({value, rows});
  }
  return longest;
}

}  // namespace biasbench::report
