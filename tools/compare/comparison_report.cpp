#include "compare/comparison_report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <vector>

namespace biasbench::tools {
namespace {

using nlohmann::json;

// The words for verdicts, in the order of Verdict.
constexpr auto kVerdictNames =
    std::to_array<std::string_view>({"REGRESSED", "improved", "not judged", "same"});
constexpr auto kHeader = std::to_array<std::string_view>(
    {"verdict", "metric", "A", "B", "change", "p", "n", "name", "note"});
constexpr std::size_t kMaxNames = 20;

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
          row.name,
          row.note};
}

std::vector<Cells> Table(const Comparison& comparison, const ReportOptions& options) {
  std::vector<Cells> table;
  for (const ComparedRow& row : comparison.rows) {
    const bool is_equal = IsBytes(row) && row.a == row.b;
    const bool is_quiet = row.verdict == Verdict::kSame && row.metric != "real_time" &&
                          (is_equal || options.counts_the_same);
    if (options.show_all || !is_quiet) table.push_back(CellsOf(row));
  }
  return table;
}

std::string Plural(std::size_t count, std::string_view one) {
  return fmt::format("{} {}{}", count, one, count == 1 ? "" : "s");
}

std::vector<std::string> Notices(const Comparison& comparison, const ReportOptions& options) {
  std::vector<std::string> notices = comparison.warnings;
  const auto add_names = [&](const std::vector<std::string>& names, const char* side) {
    if (names.empty() || options.silence_missing_names) return;
    const std::size_t shown = std::min(names.size(), kMaxNames);
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
  std::string text;
  for (const std::string& notice : Notices(comparison, options)) text += "! " + notice + "\n";
  const std::vector<Cells> table = Table(comparison, options);
  std::array<std::size_t, kHeader.size()> widths;
  for (std::size_t i = 0; i < kHeader.size(); ++i) {
    widths[i] = kHeader[i].size();
    for (const Cells& cells : table) widths[i] = std::max(widths[i], cells[i].size());
  }
  const auto add_line = [&](const auto& cells) {
    std::string line;
    for (std::size_t i = 0; i < kHeader.size(); ++i) {
      line += fmt::format("{:<{}}  ", cells[i], widths[i]);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  };
  if (!table.empty()) add_line(kHeader);
  for (const Cells& cells : table) add_line(cells);
  return text + Summary(comparison) + "\n";
}

std::string MarkdownReport(const Comparison& comparison, const ReportOptions& options) {
  std::string text = fmt::format("**{}**\n\n", Summary(comparison));
  for (const std::string& notice : Notices(comparison, options)) text += "- " + notice + "\n";
  const std::vector<Cells> table = Table(comparison, options);
  if (table.empty()) return text;
  text += fmt::format("\n| {} |\n|{}\n", fmt::join(kHeader, " | "), [] {
    std::string rule;
    for (std::size_t i = 0; i < kHeader.size(); ++i) rule += "---|";
    return rule;
  }());
  for (const Cells& cells : table) text += fmt::format("| {} |\n", fmt::join(cells, " | "));
  return text;
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
