#include "report_frontier.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <string>
#include <vector>

#include "report_groups.h"
#include "report_numbers.h"
#include "report_seeds.h"
#include "report_sentence.h"

namespace biasbench::report {
namespace {

constexpr double kEqual = 0.01;

double ParameterBytes(const Row& row) {
  const double per_node = row.NumberOrZero("inputs") + row.NumberOrZero("outputs");
  return 4 * row.NumberOrZero("hidden") * per_node + row.NumberOrZero("bias_bytes");
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

// A width of `learned`, and those that take as many bytes without stored biases.
struct EqualBytes {
  Group learned;
  std::vector<Group> wider;
};

std::vector<EqualBytes> FindEqualBytes(const ResultFile& convergence) {
  std::vector<EqualBytes> found;
  const std::vector<Group> groups =
      GroupRows(convergence.rows, [](const Row& row) { return !HasTurnedSign(row); });
  for (const Group& learned : groups) {
    if (learned.front()->strategy != kLearned) continue;
    EqualBytes equal{learned, {}};
    for (const Group& group : groups) {
      if (IsWiderAtEqualBytes(*group.front(), *learned.front())) equal.wider.push_back(group);
    }
    if (!equal.wider.empty()) found.push_back(std::move(equal));
  }
  return found;
}

std::string DescribeEqualBytes(const EqualBytes& equal) {
  const BySeed learned = ValuesBySeed(equal.learned, "train_loss");
  std::vector<BySeed> differences;
  for (const Group& group : equal.wider) {
    differences.push_back(Less(ValuesBySeed(group, "train_loss"), learned));
  }
  const auto judged = Judge(differences);
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < judged.size(); ++i) {
    const Row& row = *equal.wider[i].front();
    parts.push_back(fmt::format("{} with {} nodes {}", Code(row.strategy),
                                Integer(row.NumberOrZero("hidden")),
                                DescribeWithFinding(judged[i])));
  }
  return fmt::format("{} with {} nodes: {}", Code(equal.learned.front()->task),
                     Integer(equal.learned.front()->NumberOrZero("hidden")),
                     fmt::join(parts, ", "));
}

}  // namespace

std::string DescribeFrontier(const ResultFile& convergence) {
  std::vector<std::string> parts;
  for (const EqualBytes& equal : FindEqualBytes(convergence)) {
    parts.push_back(DescribeEqualBytes(equal));
  }
  return LeadAndPoints(
      fmt::format("The biases' bytes spent on nodes instead: final training loss less that of "
                  "`learned`, {}",
                  HowJudged("the comparisons with one `learned`")),
      parts, "no two widths of equal bytes were trained");
}

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
  for (const EqualBytes& equal : FindEqualBytes(convergence)) {
    table.rows.push_back(Cells(equal.learned));
    for (const Group& group : equal.wider) table.rows.push_back(Cells(group));
  }
  return table;
}

}  // namespace biasbench::report
