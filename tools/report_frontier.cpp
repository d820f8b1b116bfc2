#include "report_frontier.h"

#include <fmt/format.h>

#include <cmath>
#include <string>
#include <vector>

#include "report_groups.h"
#include "report_numbers.h"

namespace biasbench::report {
namespace {

constexpr double kEqual = 0.01;

double ParameterBytes(const Row& row) {
  const double per_node = row.NumberOrZero("inputs") + row.NumberOrZero("outputs");
  return 4 * row.NumberOrZero("hidden") * per_node + row.NumberOrZero("bias_bytes");
}

// A row's setting but for its width.
std::string SettingWithoutWidth(const Row& row) {
  std::string setting = SettingOf(row);
  const std::size_t begin = setting.find("/hidden:");
  if (begin != std::string::npos) setting.erase(begin, setting.find('/', begin + 1) - begin);
  return setting;
}

bool IsWiderAtEqualBytes(const Row& row, const Row& learned) {
  const double bytes = ParameterBytes(learned);
  return SettingWithoutWidth(row) == SettingWithoutWidth(learned) &&
         row.NumberOrZero("bias_bytes") == 0 &&
         row.NumberOrZero("hidden") > learned.NumberOrZero("hidden") &&
         std::abs(ParameterBytes(row) - bytes) <= kEqual * bytes;
}

std::vector<std::string> Cells(const Group& group) {
  const Row& row = *group.front();
  return {Code(row.task),
          Code(row.strategy),
          Integer(row.NumberOrZero("hidden")),
          Integer(ParameterBytes(row)),
          fmt::format("{}", SpreadOf(group, "train_loss").count),
          Describe(SpreadOf(group, "train_loss")),
          Describe(SpreadOf(group, "test_loss"))};
}

}  // namespace

Table FrontierTable(const ResultFile& convergence) {
  Table table{
      "Below each width of `learned` the widths at which networks without stored biases "
      "take as many bytes: a bias costs as much as one input or output more, so its memory "
      "buys hidden / (inputs + outputs) more nodes. Median [min–max] over n seeds.",
      {{"task"},
       {"strategy"},
       {"hidden", true},
       {"parameters, bytes", true},
       {"n", true},
       {"training loss", true},
       {"test loss", true}},
      {}};
  const std::vector<Group> groups =
      GroupRows(convergence.rows, [](const Row& row) { return row.label == row.strategy; });
  for (const Group& learned : groups) {
    if (learned.front()->strategy != kLearned) continue;
    std::vector<std::vector<std::string>> wider;
    for (const Group& group : groups) {
      if (IsWiderAtEqualBytes(*group.front(), *learned.front())) wider.push_back(Cells(group));
    }
    if (wider.empty()) continue;
    table.rows.push_back(Cells(learned));
    table.rows.insert(table.rows.end(), wider.begin(), wider.end());
  }
  return table;
}

}  // namespace biasbench::report
