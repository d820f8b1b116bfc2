#include "report/limits.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <vector>

#include "record/statistics.h"
#include "report/rows.h"

namespace biasbench::report {
namespace {

double MedianSpeed(const RowGroup& group) {
  return record::Median(ValuesOf(group, "items_per_second"));
}

}  // namespace

std::string TellLimits(const record::ResultFile& throughput) {
  RowGroup rows = RowsOf(throughput.rows, [](const ResultRow& row) {
    return row.IsOk() && Strategy(row) == kLearned && row.where.IsUsual("weights_format") &&
           row.NumberOrZero("items_per_second") > 0 && row.Number("peak_flops_fraction");
  });
  if (rows.empty()) return "";
  const ResultRow& largest = LargestShape(rows);
  std::map<double, RowGroup, std::greater<>> fastest;  // by batch
  for (RowGroup& group : GroupRows(rows)) {
    const bool is_largest = std::ranges::all_of(
        std::vector{"inputs", "hidden", "outputs", "omp_threads"}, [&](const char* key) {
          return group.front()->NumberOrZero(key) == largest.NumberOrZero(key);
        });
    if (!is_largest) continue;
    RowGroup& best = fastest[group.front()->NumberOrZero("batch")];
    if (best.empty() || MedianSpeed(best) < MedianSpeed(group)) best = std::move(group);
  }
  std::vector<std::string> parts;
  for (const auto& [batch, group] : fastest) {
    parts.push_back(fmt::format("{} at batch {} ({})",
                                Describe(Summarize(ValuesOf(group, "peak_flops_fraction"))),
                                Integer(batch), Code(Schedule(*group.front()))));
  }
  return fmt::format(
      "Share of the machine's peak of multiply-adds that the fastest schedule reaches, at {} "
      "inputs, "
      "{} hidden nodes, {} outputs, {}, with weights in float32: {}.",
      Integer(largest.NumberOrZero("inputs")), Integer(largest.NumberOrZero("hidden")),
      Integer(largest.NumberOrZero("outputs")),
      Counted(static_cast<std::int64_t>(largest.NumberOrZero("omp_threads")), "thread"),
      fmt::join(parts, ", "));
}

}  // namespace biasbench::report
