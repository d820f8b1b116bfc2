#include "report/rows.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>
#include <utility>

#include "record/statistics.h"

namespace biasbench::report {
namespace {

// Stands for what is infinite while medians are resampled.
constexpr double kBeyondAll = 1e300;

double Unbounded(double value) { return value > kBeyondAll / 1e6 ? HUGE_VAL : value; }

auto ShapeKey(const ResultRow& row) {
  const double inputs = row.NumberOrZero("inputs");
  const double hidden = row.NumberOrZero("hidden");
  const double outputs = row.NumberOrZero("outputs");
  return std::tuple(hidden * (inputs + outputs), hidden, row.NumberOrZero("batch"),
                    row.NumberOrZero("omp_threads"), inputs);
}

}  // namespace

std::string Strategy(const ResultRow& row) { return row.where.Text("strategy"); }
std::string Schedule(const ResultRow& row) { return row.where.Text("schedule"); }
std::string Task(const ResultRow& row) { return row.where.Text("task"); }

std::string OptimizerAndFormats(const ResultRow& row) {
  std::string text = row.where.Text("optimizer");
  const bool has_weights = !row.where.IsUsual("weights_format");
  const bool has_states = !row.where.IsUsual("states_format");
  if (has_weights) text += fmt::format(", {} weights", row.where.Text("weights_format"));
  if (has_states) {
    text +=
        has_weights ? " and states" : fmt::format(", {} states", row.where.Text("states_format"));
  }
  return text + ProductsOf(row);
}

std::string ProductsOf(const ResultRow& row) {
  const std::string products = row.where.Text("bfloat16_products");
  return products.empty() ? "" : fmt::format(" ({})", products);
}

double PeakBytes(const ResultRow& row) { return row.NumberOrZero("tracked_peak_bytes"); }

bool IsOnline(const ResultRow& row) { return row.Number("batch") == 1; }

bool HasRightSign(const ResultRow& row) { return row.where.IsUsual("bias_sign"); }

bool IsOrdinary(const ResultRow& row) {
  return std::ranges::all_of(kOrdinaryAxes,
                             [&](std::string_view key) { return row.where.IsUsual(key); });
}

RowGroup RowsOf(const std::vector<ResultRow>& rows, const RowFilter& filter) {
  RowGroup group;
  for (const ResultRow& row : rows) {
    if (filter(row)) group.push_back(&row);
  }
  return group;
}

bool AnyRow(const ResultRow& /*row*/) { return true; }

std::vector<std::string> TasksOf(const RowGroup& rows) {
  std::vector<std::string> tasks;
  for (const ResultRow* row : rows) {
    if (std::ranges::count(tasks, Task(*row)) == 0) tasks.push_back(Task(*row));
  }
  return tasks;
}

std::vector<RowGroup> GroupRows(const RowGroup& rows,
                                std::initializer_list<std::string_view> without) {
  std::vector<RowGroup> groups;
  std::map<std::string, std::size_t> places;
  for (const ResultRow* row : rows) {
    const auto [place, is_new] = places.try_emplace(row->where.Name(without), groups.size());
    if (is_new) groups.emplace_back();
    groups[place->second].push_back(row);
  }
  return groups;
}

Summary Summarize(const std::vector<double>& values) {
  if (values.empty()) return {};
  std::vector<double> bounded;
  for (const double value : values) bounded.push_back(std::clamp(value, -kBeyondAll, kBeyondAll));
  const record::Interval interval = record::MedianInterval(bounded);
  return {values.size(),
          Unbounded(record::Median(bounded)),
          {Unbounded(interval.low), Unbounded(interval.high)}};
}

Summary Summarize(const RowGroup& group, const record::Quantity& quantity) {
  std::vector<double> values;
  for (const ResultRow* row : group) {
    if (const auto value = quantity(*row)) values.push_back(*value);
  }
  return Summarize(values);
}

std::vector<double> ValuesOf(const RowGroup& group, std::string_view key) {
  std::vector<double> values;
  for (const ResultRow* row : group) {
    const auto value = row->Number(key);
    if (row->IsOk() && value) values.push_back(*value);
  }
  return values;
}

std::string Describe(const Summary& summary, std::string_view worst,
                     std::string (*format)(double)) {
  if (summary.count == 0) return "";
  const auto text = [&](double value) {
    return std::isinf(value) ? std::string(worst) : format(value);
  };
  const auto& [low, high] = summary.interval;
  if (summary.count == 1 || (std::isinf(low) && std::isinf(high))) return text(summary.median);
  return fmt::format("{} [{}–{}]", text(summary.median), text(low), text(high));
}

std::string DescribeRatio(const std::vector<double>& values, const std::vector<double>& others) {
  const record::Interval interval = record::MedianRatioInterval(values, others);
  return fmt::format("{:.2f} [{:.2f}–{:.2f}]", record::Median(values) / record::Median(others),
                     interval.low, interval.high);
}

std::string DescribeShape(const ResultRow& row) {
  const auto number = [&](const char* key) { return Integer(row.NumberOrZero(key)); };
  const auto threads = static_cast<std::int64_t>(row.NumberOrZero("omp_threads"));
  return fmt::format("{} inputs, {} hidden nodes, {} outputs, batch {}, {}", number("inputs"),
                     number("hidden"), number("outputs"), number("batch"),
                     Counted(threads, "thread"));
}

std::string DescribeTraining(const ResultRow& row) {
  std::vector<std::string> parts = {
      fmt::format("{} hidden nodes", Integer(row.NumberOrZero("hidden"))),
      Counted(static_cast<std::int64_t>(row.NumberOrZero("epochs")), "epoch")};
  if (IsOnline(row)) parts.push_back("a step for each sample");
  for (std::string part :
       row.where.PartsOf({"optimizer", "weights_format", "states_format", "bfloat16_products",
                          "parametrization", "activation", "weight_decay", "decay_bias",
                          "max_samples", "max_test_samples", "center", "bias_sign", "own_data"})) {
    if (part == "sgd") continue;
    if (part == "center") part = "centred inputs";
    if (part.starts_with("weight_decay") && row.where.PartsOf({"decay_bias"}).empty()) {
      part += " of weights alone";
    }
    std::ranges::replace(part, ':', ' ');
    std::ranges::replace(part, '_', ' ');
    parts.push_back(Plain(part));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string DescribeSetting(const ResultRow& row, std::initializer_list<std::string_view> without) {
  std::vector<std::string> parts = row.where.Parts(without);
  for (std::string& part : parts) {
    const std::size_t colon = part.find(':');
    if (colon != std::string::npos) part[colon] = ' ';
    part = Plain(part);
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

bool HasSmallerShape(const ResultRow& a, const ResultRow& b) { return ShapeKey(a) < ShapeKey(b); }
bool HasSameShape(const ResultRow& a, const ResultRow& b) { return ShapeKey(a) == ShapeKey(b); }

const ResultRow& LargestShape(const RowGroup& rows) {
  const auto rank = [&](const ResultRow* row) {
    const auto alike = std::ranges::count_if(
        rows, [&](const ResultRow* other) { return HasSameShape(*row, *other); });
    return std::tuple(std::get<0>(ShapeKey(*row)), alike, ShapeKey(*row));
  };
  return **std::ranges::max_element(rows, {}, rank);
}

std::string DescribeStatus(const RowGroup& group) {
  std::vector<std::pair<std::string, int>> counts;
  for (const ResultRow* row : group) {
    const std::string reason = row->Text("reason");
    const std::string status =
        reason.empty() ? row->status : fmt::format("{}: {}", row->status, reason);
    auto found = std::ranges::find(counts, status, &std::pair<std::string, int>::first);
    if (found == counts.end()) found = counts.insert(found, {status, 0});
    ++found->second;
  }
  if (counts.size() == 1) return Plain(counts.front().first);
  std::vector<std::string> parts;
  for (const auto& [status, count] : counts) parts.push_back(fmt::format("{} {}", count, status));
  return Plain(fmt::format("{}", fmt::join(parts, "; ")));
}

}  // namespace biasbench::report
