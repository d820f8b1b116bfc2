#include "report_imitation.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "report_groups.h"
#include "report_numbers.h"
#include "report_sentence.h"

namespace biasbench::report {
namespace {

// "64.1 % → 60.3 % [60.1 %–60.8 %]", medians and ranges over seeds.
std::string DescribeShares(const Group& group) {
  const auto share = [&](std::string_view key) {
    const Spread spread = SpreadOf(group, key);
    if (spread.count == 0) return std::string("undefined");
    const std::string least = Percent(spread.min);
    const std::string most = Percent(spread.max);
    return least == most ? most : fmt::format("{} [{}–{}]", Percent(spread.median), least, most);
  };
  return fmt::format("{} → {} (final training loss {})", share("initial_imitation_ratio"),
                     share("imitation_ratio"), Describe(SpreadOf(group, "train_loss")));
}

}  // namespace

std::string DescribeImitation(const ResultFile& convergence) {
  const std::vector<Group> groups = GroupRows(convergence.rows, [](const Row& row) {
    return !HasTurnedSign(row) && row.numbers.contains("imitation_ratio");
  });
  std::vector<std::string> parts;
  for (const Group& centred : groups) {
    const setting::Coordinates& where = centred.front()->where;
    if (where.IsUsual("center")) continue;
    const std::string uncentred = where.Name({"seed", "center"});
    const auto raw = std::ranges::find_if(
        groups, [&](const Group& any) { return ConfigurationOf(*any.front()) == uncentred; });
    if (raw == groups.end()) continue;
    parts.push_back(fmt::format("{} under {}: raw {}, centred {}", TaskAndSetting(*raw->front()),
                                Code(centred.front()->strategy), DescribeShares(*raw),
                                DescribeShares(centred)));
  }
  return LeadAndPoints(
      "The weights' share of a node's constant input, |w·x̄| / (|w·x̄| + |b|), mean over nodes, "
      "start → end",
      parts, "no strategy was trained with raw and with centred inputs");
}

}  // namespace biasbench::report
