#include "report_groups.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "report_numbers.h"

namespace biasbench::report {
namespace {

auto ShapeKey(const Row& row) {
  const double inputs = row.NumberOrZero("inputs");
  const double hidden = row.NumberOrZero("hidden");
  const double outputs = row.NumberOrZero("outputs");
  return std::tuple(hidden * (inputs + outputs), hidden, row.NumberOrZero("batch"),
                    row.NumberOrZero("omp_threads"), inputs);
}

Comparison CompareIn(const std::string& task, const std::string& setting,
                     const std::vector<Row>& rows) {
  return {task, GroupRows(rows, [&](const Row& row) { return SettingOf(row) == setting; })};
}

auto Rank(const Comparison& comparison) {
  const auto is_headline = [](const Group& group) { return IsHeadline(*group.front()); };
  std::size_t most_seeds = 0;
  for (const Group& group : comparison.groups) {
    if (is_headline(group)) most_seeds = std::max(most_seeds, group.size());
  }
  return std::tuple(comparison.groups.front().front()->NumberOrZero("hidden"),
                    std::ranges::count_if(comparison.groups, is_headline), most_seeds,
                    comparison.groups.size());
}

}  // namespace

bool IsHeadline(const Row& row) {
  return !HasTurnedSign(row) && std::ranges::count(kHeadlines, row.strategy) > 0;
}

bool HasTurnedSign(const Row& row) { return !row.where.IsUsual("bias_sign"); }

std::string ConfigurationOf(const Row& row) { return row.where.Name({"seed"}); }

std::string SettingOf(const Row& row) { return row.where.Name({"seed", "strategy"}); }

std::string SettingWithoutWidth(const Row& row) {
  return row.where.Name({"seed", "strategy", "hidden"});
}

std::string DescribeSetting(const Row& row) {
  std::vector<std::string> parts = row.where.Parts({"seed", "strategy"});
  for (std::string& part : parts) {
    const std::size_t colon = part.find(':');
    if (colon != std::string::npos) part[colon] = ' ';
    part = Plain(part);
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string OtherSettings(const Row& row) {
  return Plain(fmt::format(
      "{}",
      fmt::join(row.where.PartsOf({"parametrization", "activation", "weight_decay", "decay_bias",
                                   "max_samples", "max_test_samples", "center", "own_data"}),
                ", ")));
}

std::string TaskAndSetting(const Row& row, const std::string& more) {
  std::string text =
      fmt::format("{} ({} hidden nodes", Code(row.task), Integer(row.NumberOrZero("hidden")));
  for (const std::string& part : {OtherSettings(row), more}) {
    if (!part.empty()) text += ", " + part;
  }
  return text + ")";
}

std::string DescribeShape(const Row& row) {
  const auto number = [&](const char* key) { return Integer(row.NumberOrZero(key)); };
  const auto threads = static_cast<std::int64_t>(row.NumberOrZero("omp_threads"));
  return fmt::format("{} inputs, {} hidden nodes, {} outputs, batch {}, {}", number("inputs"),
                     number("hidden"), number("outputs"), number("batch"),
                     Counted(threads, "thread"));
}

bool HasSmallerShape(const Row& a, const Row& b) { return ShapeKey(a) < ShapeKey(b); }
bool HasSameShape(const Row& a, const Row& b) { return ShapeKey(a) == ShapeKey(b); }

const Row& LargestShape(const std::vector<const Row*>& rows) {
  const auto rank = [&](const Row* row) {
    const auto alike =
        std::ranges::count_if(rows, [&](const Row* other) { return HasSameShape(*row, *other); });
    return std::tuple(std::get<0>(ShapeKey(*row)), alike, ShapeKey(*row));
  };
  return **std::ranges::max_element(rows, {}, rank);
}

std::vector<Group> GroupRows(const std::vector<Row>& rows, const RowFilter& filter) {
  std::vector<Group> groups;
  std::map<std::string, std::size_t> index_by_setting;
  for (const Row& row : rows) {
    if (!filter(row)) continue;
    const auto [place, is_new] = index_by_setting.try_emplace(ConfigurationOf(row), groups.size());
    if (is_new) groups.emplace_back();
    groups[place->second].push_back(&row);
  }
  return groups;
}

std::vector<std::vector<Group>> PartBySetting(const std::vector<Group>& groups) {
  std::vector<std::vector<Group>> parts;
  for (const Group& group : groups) {
    const std::string setting = SettingOf(*group.front());
    const auto part = std::ranges::find_if(parts, [&](const std::vector<Group>& candidate) {
      return SettingOf(*candidate.front().front()) == setting;
    });
    if (part == parts.end()) {
      parts.push_back({group});
    } else {
      part->push_back(group);
    }
  }
  return parts;
}

// record::Median wants finite values.
Spread SpreadOfValues(std::vector<double> values) {
  if (values.empty()) return {};
  std::ranges::sort(values);
  const std::size_t size = values.size();
  return {static_cast<int>(size), (values[(size - 1) / 2] + values[size / 2]) / 2, values.front(),
          values.back()};
}

Spread SpreadOf(const Group& group, std::string_view key, double worst) {
  std::vector<double> values;
  bool applies = false;
  for (const Row* row : group) {
    const bool has_diverged = row->status == "diverged";
    if (!row->IsOk() && !has_diverged) continue;
    applies |= row->numbers.contains(key);
    values.push_back(has_diverged ? worst : row->Number(key).value_or(worst));
  }
  if (!applies) return {};
  return SpreadOfValues(std::move(values));
}

std::string Describe(const Spread& spread, std::string_view worst) {
  const auto text = [&](double value) {
    return std::isinf(value) ? std::string(worst) : ThreeDigits(value);
  };
  if (spread.count == 0) return "";
  if (spread.count == 1 || (std::isinf(spread.min) && std::isinf(spread.max))) {
    return text(spread.median);
  }
  return fmt::format("{} [{}–{}]", text(spread.median), text(spread.min), text(spread.max));
}

std::string DescribeStatus(const Group& group) {
  std::vector<std::pair<std::string, int>> counts;
  for (const Row* row : group) {
    const std::string reason = row->Text("reason");
    const std::string status =
        reason.empty() ? row->status : fmt::format("{}: {}", row->status, reason);
    const auto found = std::ranges::find(counts, status, &std::pair<std::string, int>::first);
    if (found == counts.end()) {
      counts.emplace_back(status, 1);
    } else {
      ++found->second;
    }
  }
  if (counts.size() == 1) return Plain(counts.front().first);
  std::vector<std::string> parts;
  for (const auto& [status, count] : counts) parts.push_back(fmt::format("{} {}", count, status));
  return Plain(fmt::format("{}", fmt::join(parts, "; ")));
}

const Group* Comparison::Find(std::string_view strategy) const {
  const auto found = std::ranges::find_if(
      groups, [&](const Group& group) { return group.front()->strategy == strategy; });
  return found == groups.end() ? nullptr : &*found;
}

std::vector<Comparison> CompareByTask(const ResultFile& convergence) {
  std::vector<Comparison> chosen;
  std::vector<std::string> seen;
  for (const Row& row : convergence.rows) {
    const std::string setting = SettingOf(row);
    if (HasTurnedSign(row) || std::ranges::count(seen, setting) > 0) continue;
    seen.push_back(setting);
    Comparison comparison = CompareIn(row.task, setting, convergence.rows);
    const auto rival = std::ranges::find(chosen, row.task, &Comparison::task);
    if (rival == chosen.end()) {
      chosen.push_back(std::move(comparison));
    } else if (Rank(*rival) < Rank(comparison)) {
      *rival = std::move(comparison);
    }
  }
  return chosen;
}

}  // namespace biasbench::report
