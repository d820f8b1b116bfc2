#include "report_levers.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "record/statistics.h"
#include "report_groups.h"
#include "report_numbers.h"

namespace biasbench::report {
namespace {

auto Layers(const Row* row) {
  const double inputs = row->NumberOrZero("inputs");
  const double outputs = row->NumberOrZero("outputs");
  const double hidden = row->NumberOrZero("hidden");
  return std::tuple(hidden * (inputs + outputs), inputs, outputs);
}

std::vector<const Row*> FindLevers(const ResultFile& footprint) {
  std::vector<const Row*> rows;
  for (const Group& group : GroupRows(footprint.rows, [](const Row& row) {
         return row.IsOk() && (row.label == kLearned || row.label == kFixed) && row.PeakBytes() > 0;
       })) {
    rows.push_back(group.front());
  }
  if (rows.empty()) return rows;
  const auto largest = std::ranges::max(rows, {}, Layers);
  std::erase_if(rows, [&](const Row* row) { return Layers(row) != Layers(largest); });
  std::ranges::stable_sort(rows, std::ranges::greater{}, &Row::PeakBytes);
  return rows;
}

// "39.3": the median of the throughput rows of the same instance, or "".
std::string SamplesPerSecond(const Results& results, const Row& row) {
  if (!results.throughput) return "";
  const std::string instance = row.where.Name();
  std::vector<double> values;
  for (const Row& measured : results.throughput->rows) {
    const auto value = measured.Number("items_per_second");
    if (measured.IsOk() && value && measured.where.Name() == instance) values.push_back(*value);
  }
  return values.empty() ? "" : ThreeDigits(record::Median(values));
}

}  // namespace

Table LeversTable(const Results& results) {
  Table table;
  if (!results.footprint) return table;
  const std::vector<const Row*> rows = FindLevers(*results.footprint);
  if (rows.size() < 2) return table;
  const double largest = rows.front()->PeakBytes();
  table.caption = fmt::format(
      "Every way in which {} hidden nodes with {} inputs and {} outputs were measured, from the "
      "largest peak to the smallest. Saved: of the first row. Samples per second: medians, where "
      "throughput was measured.",
      Integer(rows.front()->NumberOrZero("hidden")), Integer(rows.front()->NumberOrZero("inputs")),
      Integer(rows.front()->NumberOrZero("outputs")));
  table.columns = {{"schedule"},         {"optimizer"},           {"biases"},
                   {"batch", true},      {"threads", true},       {"peak, bytes", true},
                   {"peak, MiB", true},  {"resident, MiB", true}, {"saved", true},
                   {"samples / s", true}};
  for (const Row* row : rows) {
    table.rows.push_back({Code(row->schedule), Plain(row->OptimizerAndFormat()),
                          Code(row->strategy), Integer(row->NumberOrZero("batch")),
                          Integer(row->NumberOrZero("omp_threads")), Integer(row->PeakBytes()),
                          Mebibytes(row->PeakBytes()),
                          Mebibytes(row->NumberOrZero("peak_rss_bytes")),
                          row == rows.front() ? "" : Percent(1 - row->PeakBytes() / largest),
                          SamplesPerSecond(results, *row)});
  }
  return table;
}

}  // namespace biasbench::report
