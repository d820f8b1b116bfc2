#include "compare/comparison_ratios.h"

#include <cmath>
#include <map>
#include <optional>

#include "compare/comparison_rules.h"
#include "record/statistics.h"

namespace biasbench::tools {
namespace {

struct Timed {
  std::string name;
  bool is_peer;
  bool is_ours;
  double a_seconds;  // medians
  double b_seconds;
  std::size_t a_count;
  std::size_t b_count;
};

using record::ResultRow;

std::vector<double> Times(const std::vector<ResultRow>& group) {
  std::vector<double> times;
  for (const ResultRow& row : group) {
    const double time = row.NumberOrZero("real_time");
    if (time > 0) times.push_back(time);
  }
  return times;
}

// Rows by program and shape; rows without a shape are left out.
std::map<std::string, std::vector<Timed>> Settings(const ComparableResults& a,
                                                   const ComparableResults& b) {
  std::map<std::string, std::vector<Timed>> settings;
  for (const auto& [name, group] : a.groups) {
    const ResultRow& row = group.front();
    const bool is_peer = row.program == "peers";
    const auto other = b.groups.find(name);
    if (!(row.program == "throughput" || is_peer) || other == b.groups.end()) continue;
    if (row.where.Text("inputs").empty()) continue;
    const std::vector<double> of_a = Times(group);
    const std::vector<double> of_b = Times(other->second);
    if (of_a.empty() || of_b.empty()) continue;
    const std::string shape = row.where.Name({"task", "strategy", "schedule", "optimizer", "seed"});
    settings[row.program + "/" + shape].push_back({name, is_peer, row.Number("is_ours") != 0,
                                                   record::Median(of_a), record::Median(of_b),
                                                   of_a.size(), of_b.size()});
  }
  return settings;
}

// The geometric mean of `rows` but for `self`; of peers.json's rows, of the libraries' alone.
template <class Seconds>
std::optional<double> MeanOfOthers(const std::vector<Timed>& rows, const Timed& self,
                                   Seconds seconds) {
  double sum = 0;
  double count = 0;
  for (const Timed& row : rows) {
    if (&row == &self || (row.is_peer && row.is_ours)) continue;
    sum += std::log(row.*seconds);
    ++count;
  }
  if (count == 0) return std::nullopt;
  return std::exp(sum / count);
}

}  // namespace

std::vector<ComparedRow> CompareTimeRatios(const ComparableResults& a, const ComparableResults& b,
                                           const ComparisonOptions& options,
                                           bool is_other_machine) {
  std::vector<ComparedRow> compared;
  for (const auto& [setting, rows] : Settings(a, b)) {
    for (const Timed& row : rows) {
      const auto others_of_a = MeanOfOthers(rows, row, &Timed::a_seconds);
      const auto others_of_b = MeanOfOthers(rows, row, &Timed::b_seconds);
      if (!row.is_ours || !others_of_a || !others_of_b) continue;
      ComparedRow ratio{
          row.name,    "time_ratio", row.a_seconds / *others_of_a, row.b_seconds / *others_of_b,
          row.a_count, row.b_count};
      ratio.ratio = *ratio.b / *ratio.a;
      if (is_other_machine) {
        ratio.note = "different machine";
      } else {
        ratio.verdict = Judge(*ratio.ratio > 1 + options.ratio_bound,
                              *ratio.ratio < 1 / (1 + options.ratio_bound));
      }
      compared.push_back(std::move(ratio));
    }
  }
  return compared;
}

}  // namespace biasbench::tools
