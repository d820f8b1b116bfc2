#include "report/limits.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "record/statistics.h"
#include "report/rows.h"

namespace biasbench::report {
namespace {

double MedianSpeed(const RowGroup& group) {
  return record::Median(ValuesOf(group, "items_per_second"));
}

// "0.93 [0.91–0.95] of the roofline, 0.92 [0.90–0.94] of the peak of its multiply-adds": what the
// rows have.
std::string TellFractions(const RowGroup& group) {
  std::vector<std::string> parts;
  for (const auto& [key, limit] : {std::pair("roofline_fraction", "of the roofline"),
                                   std::pair("peak_flops_fraction", "of the peak of multiply-adds"),
                                   std::pair("bus_fraction", "of the memory bus")}) {
    const std::string fraction = Describe(Summarize(ValuesOf(group, key)));
    if (!fraction.empty()) parts.push_back(fmt::format("{} {}", fraction, limit));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

}  // namespace

std::string TellLimits(const record::ResultFile& throughput) {
  RowGroup rows = RowsOf(throughput.rows, [](const ResultRow& row) {
    return row.IsOk() && Strategy(row) == kLearned && row.where.IsUsual("weights_format") &&
           row.NumberOrZero("items_per_second") > 0 && row.Number("roofline_fraction");
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
    parts.push_back(fmt::format("at batch {}, {}: {}", Integer(batch),
                                Code(Schedule(*group.front())), TellFractions(group)));
  }
  return fmt::format(
      "How near the fastest schedule comes to the machine's limits, at {} inputs, {} hidden nodes, "
      "{} outputs, {}, with weights in float32: {}.",
      Integer(largest.NumberOrZero("inputs")), Integer(largest.NumberOrZero("hidden")),
      Integer(largest.NumberOrZero("outputs")),
      Counted(static_cast<std::int64_t>(largest.NumberOrZero("omp_threads")), "thread"),
      fmt::join(parts, "; "));
}

}  // namespace biasbench::report
