#include "report_gap.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "report_groups.h"
#include "report_numbers.h"
#include "report_seeds.h"
#include "report_sentence.h"

namespace biasbench::report {
namespace {

// Test loss less training loss.
BySeed GapOf(const Comparison& setting, std::string_view strategy) {
  const Group* group = setting.Find(strategy);
  if (group == nullptr) return {};
  return Less(ValuesBySeed(*group, "test_loss"), ValuesBySeed(*group, "train_loss"));
}

struct Setting {
  Comparison strategies;
  OverSeeds gap;  // of `learned`
};

// Of each task the one with the largest gap.
std::vector<Setting> FindSettings(const ResultFile& convergence) {
  const std::vector<Group> groups =
      GroupRows(convergence.rows, [](const Row& row) { return !HasTurnedSign(row); });
  std::vector<Setting> chosen;
  for (const std::vector<Group>& part : PartBySetting(groups)) {
    const Comparison strategies{part.front().front()->task, part};
    const std::optional<OverSeeds> gap = Summarize(GapOf(strategies, kLearned));
    if (!gap || strategies.Find(kNone) == nullptr) continue;
    const auto rival = std::ranges::find_if(
        chosen, [&](const Setting& setting) { return setting.strategies.task == strategies.task; });
    if (rival == chosen.end()) {
      chosen.push_back({strategies, *gap});
    } else if (rival->gap.median < gap->median) {
      *rival = {strategies, *gap};
    }
  }
  return chosen;
}

std::string DescribeSettingOf(const Setting& setting) {
  constexpr std::pair<std::string_view, std::string_view> kPairs[] = {{kLearned, kNone},
                                                                      {"learned_from_one", kFixed}};
  std::vector<BySeed> differences;
  for (const auto& [trained, untrained] : kPairs) {
    differences.push_back(
        Less(GapOf(setting.strategies, trained), GapOf(setting.strategies, untrained)));
  }
  const auto judged = Judge(differences);
  std::vector<std::string> changes;
  for (std::size_t i = 0; i < judged.size(); ++i) {
    const auto& [trained, untrained] = kPairs[i];
    changes.push_back(fmt::format("{} less {} {}", Code(trained), Code(untrained),
                                  DescribeWithFinding(judged[i])));
  }
  const Row& row = *setting.strategies.groups.front().front();
  return fmt::format("{}: {} under {}; training the biases changes it, {}",
                     TaskAndSetting(row, Counted(setting.gap.seeds, "seed")), Describe(setting.gap),
                     Code(kLearned), fmt::join(changes, ", "));
}

}  // namespace

std::string DescribeGap(const ResultFile& convergence) {
  std::vector<std::string> parts;
  for (const Setting& setting : FindSettings(convergence)) {
    parts.push_back(DescribeSettingOf(setting));
  }
  return LeadAndPoints(
      fmt::format("Test loss less training loss at the end, where `learned` overfits the most, {}",
                  HowJudged("a task's comparisons")),
      parts, "`learned` and `none` were not both run over three seeds");
}

}  // namespace biasbench::report
