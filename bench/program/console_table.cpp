#include "bench/program/console_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ostream>
#include <utility>

#include "bench/program/result_document.h"
#include "text/columns.h"
#include "text/quantity.h"

namespace biasbench::bench {
namespace {

using nlohmann::json;
using text::Align;
using text::kConsoleColumns;

constexpr char kBold[] = "\033[1m";
constexpr char kRed[] = "\033[31m";
constexpr char kPlain[] = "\033[0m";

constexpr std::string_view kGap = "  ";
constexpr std::string_view kIndent = "  ";     // of figures below a name
constexpr std::size_t kRepetitionColumns = 7;  // "100/100", "median"
constexpr char kTimeKey[] = "real_time";

// Titles for keys that would be long or say too little; else a key's words are the title.
constexpr auto kTitles = std::to_array<std::pair<std::string_view, std::string_view>>(
    {{kTimeKey, "time"},
     {"tracked_peak_bytes", "peak"},
     {"peak_rss_bytes", "resident"},
     {"untracked_bytes", "untracked"},
     {"bias_bytes", "biases"},
     {"bias_share", "of peak"},
     {"items_per_second", "samples/s"},
     {"roofline_fraction", "roofline"},
     {"peak_flops_fraction", "peak FLOP/s"},
     {"bus_fraction", "bus"},
     {"largest_stable_rate", "stable rate"},
     {"best_train_loss", "its train loss"},
     {"test_accuracy", "accuracy"},
     {"epochs_to_target", "epochs to target"},
     {"quiet_ns", "quiet"},
     {"peak_ns", "at peak"},
     {"peak_fraction", "of peak"}});

std::string TitleOf(const std::string& key) {
  const auto* const found =
      std::ranges::find(kTitles, key, &std::pair<std::string_view, std::string_view>::first);
  if (found != kTitles.end()) return std::string(found->second);
  std::string title = key;
  std::ranges::replace(title, '_', ' ');
  return title;
}

bool IsShare(std::string_view key) {
  return key.ends_with("_share") || key.ends_with("_fraction") || key.ends_with("_accuracy");
}

// Columns that figures take: "-1.234 GiB", "0.0221 %", "966 ms", "1.234e-07".
std::size_t WidthOf(std::string_view key) {
  if (key.ends_with("_bytes")) return 10;
  return IsShare(key) || key == kTimeKey ? 8 : 9;
}

double SecondsIn(const std::string& time_unit) {
  if (time_unit == "s") return 1;
  if (time_unit == "ms") return 1e-3;
  return time_unit == "us" ? 1e-6 : 1e-9;
}

std::string Time(double time, const json& row, bool keeps_unit) {
  const std::string unit = row.value("time_unit", "ns");
  if (keeps_unit) return fmt::format("{} {}", text::Number(time), unit);
  return text::Seconds(time * SecondsIn(unit));
}

// A figure as people read it, by the end of its key.
std::string Figure(const std::string& key, const json& row, bool keeps_time_unit) {
  const auto found = row.find(key);
  if (found == row.end() || !found->is_number()) return "–";
  const double value = found->get<double>();
  if (row.value("aggregate_unit", "") == "percentage") return text::Percent(value);
  if (key == kTimeKey) return Time(value, row, keeps_time_unit);
  if (key.ends_with("_bytes")) return text::Bytes(value);
  if (IsShare(key)) return text::Percent(value);
  if (key.ends_with("_ns")) return text::Seconds(1e-9 * value);
  if (key == "diverged" && (value == 0 || value == 1)) return value == 0 ? "no" : "yes";
  if (key == "epochs_to_target" || key == "trials") return fmt::format("{:.4g}", value);
  return text::Number(value);
}

// "2/3" of a row that is measured several times, "median" of an aggregate.
std::string RepetitionOf(const json& row) {
  if (row.contains("aggregate_name")) return row["aggregate_name"];
  return fmt::format("{}/{}", row.value("repetition_index", 0) + 1, row.value("repetitions", 1));
}

std::string WithoutBlanksBehind(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

}  // namespace

ConsoleStyle ConsoleStyleOf(std::span<const std::string> benchmark_flags, bool is_terminal) {
  constexpr std::string_view kColor = "--benchmark_color=";
  ConsoleStyle style{.has_colors = is_terminal};
  for (const std::string& flag : benchmark_flags) {
    if (flag.starts_with("--benchmark_time_unit=")) style.keeps_time_unit = true;
    if (!flag.starts_with(kColor)) continue;
    const std::string value = flag.substr(kColor.size());
    const bool is_on = value == "true" || value == "yes" || value == "on" || value == "1";
    style.has_colors = value == "auto" ? is_terminal : is_on;
  }
  return style;
}

ConsoleTable::ConsoleTable(RowLabels labels, std::span<const std::string_view> columns,
                           ConsoleStyle style)
    : labels_(std::move(labels)), style_(style) {
  const auto add = [&](std::string key) {
    std::string title = TitleOf(key);
    const std::size_t width = std::max(WidthOf(key), title.size());
    columns_.push_back({std::move(key), std::move(title), width});
  };
  add(kTimeKey);
  for (const std::string_view column : columns) add(std::string(column));
  for (std::size_t i = 0; i < labels_.titles.size(); ++i) {
    std::size_t width = labels_.titles[i].size();
    for (const auto& [name, label] : labels_.rows) {
      width = std::max(width, text::ColumnsOf(label.values[i]));
    }
    label_widths_.push_back(width);
  }
}

std::size_t ConsoleTable::LabelWidth() const {
  std::size_t width = has_repetitions_ ? kRepetitionColumns + kGap.size() : 0;
  for (const std::size_t label_width : label_widths_) width += label_width + kGap.size();
  return width;
}

std::size_t ConsoleTable::FigureWidth() const {
  std::size_t width = 0;
  for (const Column& column : columns_) width += column.width + kGap.size();
  return width - kGap.size();
}

std::string ConsoleTable::Colored(const char* color, const std::string& text) const {
  return style_.has_colors ? color + text + kPlain : text;
}

// The cells in front of the figures.
std::string ConsoleTable::Cells(const std::vector<std::string>& label,
                                const std::string& repetition) const {
  std::string cells;
  if (splits_lines_) {
    cells = kIndent;
  } else {
    for (std::size_t i = 0; i < label.size(); ++i) {
      cells += text::Padded(label[i], label_widths_[i], Align::kLeft);
      cells += kGap;
    }
  }
  if (has_repetitions_) {
    cells += text::Padded(repetition, kRepetitionColumns, Align::kLeft);
    cells += kGap;
  }
  return cells;
}

std::string ConsoleTable::Head() const {
  std::string titles = Cells(labels_.titles, "run");
  for (const Column& column : columns_) {
    if (&column != &columns_.front()) titles += kGap;
    titles += text::Padded(column.title, column.width, Align::kRight);
  }
  return Colored(kBold, text::Wrapped(labels_.shared, kGap, kConsoleColumns)) + "\n" +
         Colored(kBold, titles) + "\n";
}

std::string ConsoleTable::Figures(const json& row) const {
  std::string figures;
  for (const Column& column : columns_) {
    if (&column != &columns_.front()) figures += kGap;
    figures +=
        text::Padded(Figure(column.key, row, style_.keeps_time_unit), column.width, Align::kRight);
  }
  return figures;
}

const RowLabel& ConsoleTable::LabelOf(const json& row) const {
  static const RowLabel kNone;
  const auto found = labels_.rows.find(row.value("run_name", ""));
  return found == labels_.rows.end() ? kNone : found->second;
}

std::string ConsoleTable::LinesOf(const json& row) {
  std::string lines;
  const RowLabel& label = LabelOf(row);
  const std::string name = row.value("run_name", "");
  if (last_name_.empty()) {
    has_repetitions_ = row.value("repetitions", 1) > 1;
    splits_lines_ = LabelWidth() + FigureWidth() > kConsoleColumns;
    lines += Head();
  }
  if (splits_lines_ && name != last_name_) {
    lines += text::Wrapped(label.parts, kGap, kConsoleColumns) + "\n";
  }
  last_name_ = name;
  const std::string cells = Cells(label.values, RepetitionOf(row));
  if (!row.value("error_occurred", false)) {
    return lines + WithoutBlanksBehind(cells + Figures(row)) + "\n";
  }
  const std::string line = cells + row.value("error_message", "");
  return lines + Colored(kRed, text::WrappedWords(line, kConsoleColumns, 4)) + "\n";
}

bool TableReporter::ReportContext(const Context& context) {
  PrintBasicContext(&GetErrorStream(), context);
  return true;
}

void TableReporter::ReportRuns(const std::vector<Run>& runs) {
  for (const Run& run : runs) GetOutputStream() << table_.LinesOf(RunToJson(run));
  GetOutputStream().flush();
}

}  // namespace biasbench::bench
