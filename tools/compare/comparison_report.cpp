#include "compare/comparison_report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <string_view>
#include <vector>

#include "text/columns.h"

namespace biasbench::tools {
namespace {

using nlohmann::json;

// The words for verdicts, in the order of Verdict.
constexpr auto kVerdictNames =
    std::to_array<std::string_view>({"REGRESSED", "improved", "not judged", "same"});
constexpr auto kHeader =
    std::to_array<std::string_view>({"verdict", "metric", "A", "B", "change", "p", "n", "note"});
constexpr std::size_t kMaxNames = 20;
constexpr std::size_t kFewNames = 3;

using Cells = std::array<std::string, kHeader.size()>;

std::string_view NameOf(Verdict verdict) {
  return kVerdictNames[static_cast<std::size_t>(verdict)];
}

std::string Seconds(double seconds) {
  if (seconds >= 1) return fmt::format("{:.4g} s", seconds);
  if (seconds >= 1e-3) return fmt::format("{:.4g} ms", seconds * 1e3);
  return fmt::format("{:.4g} us", seconds * 1e6);
}

bool IsBytes(const ComparedRow& row) { return row.metric.ends_with("_bytes"); }

// Bytes in full, so that a single one shows.
std::string Value(const ComparedRow& row, const std::optional<double>& value) {
  if (!value) return "-";
  if (IsBytes(row)) return fmt::format("{:.0f}", *value);
  return row.metric == "real_time" ? Seconds(*value) : fmt::format("{:.5g}", *value);
}

// A diverged loss over one that did not would have dozens of digits.
std::string Percent(double percent) {
  return std::abs(percent) < 1e6 ? fmt::format("{:+.2f}", percent)
                                 : fmt::format("{:+.2e}", percent);
}

std::string Change(const ComparedRow& row) {
  if (!row.a || !row.b) return "-";
  if (*row.a == *row.b) return "0";
  const std::string bytes = IsBytes(row) ? fmt::format("{:+.0f} ", *row.b - *row.a) : "";
  if (!row.ratio) return bytes + "(from 0)";
  const auto percent = [](double ratio) { return Percent(100 * (ratio - 1)); };
  const std::string change = percent(*row.ratio) + " %";
  if (!row.ratio_interval) return bytes.empty() ? change : fmt::format("{}({})", bytes, change);
  return fmt::format("{} [{}, {}]", change, percent(row.ratio_interval->low),
                     percent(row.ratio_interval->high));
}

Cells CellsOf(const ComparedRow& row) {
  return {std::string(NameOf(row.verdict)),
          row.metric,
          Value(row, row.a),
          Value(row, row.b),
          Change(row),
          row.p_value ? fmt::format("{:.3g}", *row.p_value) : "-",
          fmt::format("{}/{}", row.a_count, row.b_count),
          row.note};
}

// True if the report lists the row, rather than counts it.
bool IsListed(const ComparedRow& row, const ReportOptions& options) {
  if (options.show_all || (options.show_times && row.metric == "real_time")) return true;
  return row.verdict == Verdict::kRegressed || row.verdict == Verdict::kImproved;
}

std::vector<const ComparedRow*> Listed(const Comparison& comparison, const ReportOptions& options) {
  std::vector<const ComparedRow*> rows;
  for (const ComparedRow& row : comparison.rows) {
    if (IsListed(row, options)) rows.push_back(&row);
  }
  return rows;
}

std::string Plural(std::size_t count, std::string_view one) {
  return fmt::format("{} {}{}", count, one, count == 1 ? "" : "s");
}

std::vector<std::string> Notices(const Comparison& comparison, const ReportOptions& options) {
  std::vector<std::string> notices = comparison.warnings;
  const auto add_names = [&](const std::vector<std::string>& names, const char* side) {
    if (names.empty() || options.silence_missing_names) return;
    const std::size_t shown = std::min(names.size(), options.show_all ? kMaxNames : kFewNames);
    std::string text = fmt::format("only in {}: {}: ", side, Plural(names.size(), "name"));
    text += fmt::format("{}", fmt::join(names.begin(), names.begin() + shown, ", "));
    if (shown < names.size()) text += fmt::format(" and {} more", names.size() - shown);
    notices.push_back(std::move(text));
  };
  const auto [arithmetic, bus] = comparison.speed_exponents;
  if (arithmetic + bus > 0) {
    notices.push_back(
        fmt::format("times are brought to one speed of the machine: they went as that of its "
                    "arithmetic to the power of {:.2f}, of its bus to the power of {:.2f}",
                    -arithmetic, -bus));
  }
  add_names(comparison.only_in_a, "A");
  add_names(comparison.only_in_b, "B");
  std::map<std::string, std::size_t> unjudged;  // by note
  for (const ComparedRow& row : comparison.rows) {
    if (row.verdict == Verdict::kNotJudged && !IsListed(row, options)) ++unjudged[row.note];
  }
  for (const auto& [note, count] : unjudged) {
    notices.push_back(fmt::format("{} not judged: {}", count, note));
  }
  return notices;
}

std::string Summary(const Comparison& comparison) {
  const std::string counts =
      fmt::format("{}, {}, {} the same, {} not judged",
                  Plural(comparison.Count(Verdict::kRegressed), "regression"),
                  Plural(comparison.Count(Verdict::kImproved), "improvement"),
                  comparison.Count(Verdict::kSame), comparison.Count(Verdict::kNotJudged));
  constexpr auto kConclusions = std::to_array<std::string_view>(
      {"B is as good as A or better", "B is worse than A", "nothing could be judged"});
  return fmt::format("{}: {}", kConclusions[static_cast<std::size_t>(comparison.ExitCode())],
                     counts);
}

json OrNull(const std::optional<double>& value) { return value ? json(*value) : json(nullptr); }

json JsonRow(const ComparedRow& row) {
  const auto& interval = row.ratio_interval;
  return {{"verdict", NameOf(row.verdict)},
          {"name", row.name},
          {"metric", row.metric},
          {"a", OrNull(row.a)},
          {"b", OrNull(row.b)},
          {"a_count", row.a_count},
          {"b_count", row.b_count},
          {"ratio", OrNull(row.ratio)},
          {"ratio_low", interval ? json(interval->low) : json(nullptr)},
          {"ratio_high", interval ? json(interval->high) : json(nullptr)},
          {"p_value", OrNull(row.p_value)},
          {"note", row.note}};
}

}  // namespace

std::string ConsoleReport(const Comparison& comparison, const ReportOptions& options) {
  using text::kConsoleColumns;
  std::string report;
  for (const std::string& notice : Notices(comparison, options)) {
    report += text::WrappedWords("! " + notice, kConsoleColumns) + "\n";
  }
  const std::vector<const ComparedRow*> rows = Listed(comparison, options);
  std::vector<Cells> table = {Cells{}};
  std::ranges::copy(kHeader, table.front().begin());
  for (const ComparedRow* row : rows) table.push_back(CellsOf(*row));
  std::array<std::size_t, kHeader.size()> widths{};
  for (const Cells& cells : table) {
    for (std::size_t i = 0; i < widths.size(); ++i) {
      widths[i] = std::max(widths[i], text::ColumnsOf(cells[i]));
    }
  }
  const std::string* name = nullptr;
  for (std::size_t i = 0; i < table.size() && !rows.empty(); ++i) {
    if (i > 0 && (name == nullptr || *name != rows[i - 1]->name)) {
      name = &rows[i - 1]->name;
      report += text::WrappedName(*name, kConsoleColumns, 6) + "\n";
    }
    std::vector<std::string> parts;
    for (std::size_t cell = 0; cell < widths.size(); ++cell) {
      parts.push_back(text::Padded(table[i][cell], widths[cell], text::Align::kLeft));
    }
    parts.front() = "  " + parts.front();
    while (parts.back().find_first_not_of(' ') == std::string::npos) parts.pop_back();
    std::string line = text::Wrapped(parts, "  ", kConsoleColumns, 6);
    line.erase(line.find_last_not_of(' ') + 1);
    report += line + "\n";
  }
  return report + Summary(comparison) + "\n";
}

std::string MarkdownReport(const Comparison& comparison, const ReportOptions& options) {
  std::string report = fmt::format("**{}**\n\n", Summary(comparison));
  for (const std::string& notice : Notices(comparison, options)) report += "- " + notice + "\n";
  const std::vector<const ComparedRow*> rows = Listed(comparison, options);
  if (rows.empty()) return report;
  std::string rule = "|---|";
  for (std::size_t i = 0; i < kHeader.size(); ++i) rule += "---|";
  const auto insert_name = [](auto cells_begin, auto cells_end, const std::string& name) {
    std::vector<std::string> cells(cells_begin, cells_end);
    cells.insert(cells.end() - 1, name);  // in front of the note
    return fmt::format("| {} |\n", fmt::join(cells, " | "));
  };
  report += "\n" + insert_name(kHeader.begin(), kHeader.end(), "name") + rule + "\n";
  for (const ComparedRow* row : rows) {
    const Cells cells = CellsOf(*row);
    report += insert_name(cells.begin(), cells.end(), row->name);
  }
  return report;
}

json JsonReport(const Comparison& comparison) {
  json rows = json::array();
  for (const ComparedRow& row : comparison.rows) rows.push_back(JsonRow(row));
  return {{"exit_code", comparison.ExitCode()},
          {"warnings", comparison.warnings},
          {"speed_exponents",
           {{"arithmetic", comparison.speed_exponents.arithmetic},
            {"bus", comparison.speed_exponents.bus}}},
          {"only_in_a", comparison.only_in_a},
          {"only_in_b", comparison.only_in_b},
          {"rows", rows}};
}

}  // namespace biasbench::tools
