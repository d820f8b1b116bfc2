#include "report_pairs.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <stdexcept>
#include <tuple>

#include "bias/strategies.h"
#include "report_numbers.h"
#include "report_sentence.h"

namespace biasbench::report {
namespace {

// One setting's strategies less their controls, those of three seeds or more.
std::vector<PairedDifference> PairStrategies(const Comparison& setting, std::string_view key) {
  std::vector<BySeed> differences;
  std::vector<PairedDifference> pairs;
  for (const Group& group : setting.groups) {
    const Group* control = setting.Find(ControlOf(group.front()->strategy));
    if (control == nullptr) continue;
    const BySeed values = ValuesBySeed(group, key);
    differences.push_back(Less(values, ValuesBySeed(*control, key)));
    PairedDifference pair{{}, group.front()->strategy, control->front()->strategy};
    for (const auto& [seed, difference] : differences.back()) {
      if (values.at(seed) == kBeyondAll) ++pair.diverged;
    }
    pairs.push_back(std::move(pair));
  }
  const std::vector<std::optional<OverSeeds>> judged = Judge(differences);
  std::vector<PairedDifference> known;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    if (!judged[i]) continue;
    static_cast<OverSeeds&>(pairs[i]) = *judged[i];
    known.push_back(std::move(pairs[i]));
  }
  return known;
}

int MostSeeds(const PairedSetting& setting) {
  return std::ranges::max(setting.differences, {}, &PairedDifference::seeds).seeds;
}

// Comparisons that have seeds enough for a test.
std::int64_t CountTested(const PairedSetting& setting) {
  return std::ranges::count_if(setting.differences,
                               [](const PairedDifference& pair) { return pair.p.has_value(); });
}

std::string DescribeAdjustment(const PairedSetting& setting) {
  const std::int64_t tested = CountTested(setting);
  if (tested == 0) return ", which fewer than six seeds cannot make significant";
  const bool are_all = tested == std::ssize(setting.differences);
  return fmt::format(" after Holm's adjustment for {}{}", Counted(tested, "comparison"),
                     are_all ? "" : " of six seeds or more");
}

using PairsByControl = std::map<std::string, std::vector<std::string>>;

// "`none`, `shared` against `learned`, `fixed=1` against `learned_from_one`"
std::string List(const PairsByControl& pairs) {
  std::vector<std::string> parts;
  for (const auto& [control, strategies] : pairs) {
    parts.push_back(fmt::format("{} against {}", fmt::join(strategies, ", "), Code(control)));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string DescribeSettingOf(const PairedSetting& setting) {
  std::vector<std::string> differing;
  PairsByControl alike;
  PairsByControl untold;
  for (const PairedDifference& pair : setting.differences) {
    const std::string pair_name =
        fmt::format("{} against {}", Code(pair.strategy), Code(pair.control));
    if (pair.finding == Finding::kTooFewSeeds) {
      untold[pair.control].push_back(Code(pair.strategy));
    } else if (pair.finding == Finding::kNoDifferenceSeen) {
      alike[pair.control].push_back(Code(pair.strategy));
    } else {
      differing.push_back(
          pair.diverged * 2 > pair.seeds
              ? fmt::format("{} diverges in {} of {}", pair_name, pair.diverged,
                            Counted(pair.seeds, "seed"))
              : fmt::format("{} is {}: {}", pair_name, Say(pair.finding), Describe(pair)));
    }
  }
  std::vector<std::string> parts;
  if (!differing.empty()) parts.push_back(fmt::format("{}", fmt::join(differing, ", ")));
  if (!alike.empty()) {
    parts.push_back("no difference seen: " + List(alike));
  }
  if (!untold.empty()) {
    parts.push_back("too few seeds to tell: " + List(untold));
  }
  return fmt::format("{}: {}",
                     TaskAndSetting(*setting.any_row, Counted(MostSeeds(setting), "seed")),
                     fmt::join(parts, "; "));
}

}  // namespace

std::string ControlOf(std::string_view name) {
  bias::Selection selection;
  try {
    selection = bias::ParseSelection(name);
  } catch (const std::invalid_argument&) {
    return "";  // a strategy of another version of the suite
  }
  std::string control;
  switch (selection.strategy->initial) {
    case bias::Initial::kZero:
      control = "learned";
      break;
    case bias::Initial::kOne:
      control = "learned_from_one";
      break;
    case bias::Initial::kRandom:
      control = "learned_from_random";
      break;
    case bias::Initial::kValue:
      if (selection.value == 1) control = "learned_from_one";
      break;
  }
  // Where biases have an initial value but hidden weights stay as they are, more than the biases'
  // treatment differs.
  if (selection.strategy->weights != bias::Weights::kTrained || control == name) return "";
  return control;
}

std::vector<PairedSetting> PairSettings(const ResultFile& file, std::string_view key) {
  const std::vector<Group> groups =
      GroupRows(file.rows, [](const Row& row) { return !HasTurnedSign(row); });
  std::vector<PairedSetting> settings;
  for (const std::vector<Group>& part : PartBySetting(groups)) {
    const Row* any_row = part.front().front();
    PairedSetting paired{any_row, PairStrategies({any_row->task, part}, key)};
    if (!paired.differences.empty()) settings.push_back(std::move(paired));
  }
  return settings;
}

Table PairedTable(const PairedSetting& setting, std::string_view quantity) {
  Table table{
      fmt::format("{}: each strategy less the control that starts from the same biases, seed by "
                  "seed. Median, 95 % bootstrap interval, and the p-value of Wilcoxon's "
                  "signed-rank test{}. {}.",
                  quantity, DescribeAdjustment(setting), DescribeSetting(*setting.any_row)),
      {{"strategy"},
       {"control"},
       {"seeds", true},
       {"diverged", true},
       {"difference", true},
       {"p", true},
       {"finding"}},
      {}};
  for (const PairedDifference& pair : setting.differences) {
    table.rows.push_back({Code(pair.strategy), Code(pair.control), fmt::format("{}", pair.seeds),
                          pair.diverged == 0 ? "" : fmt::format("{}", pair.diverged),
                          Describe(pair), pair.p ? ThreeDigits(*pair.p) : "",
                          std::string(Say(pair.finding))});
  }
  return table;
}

std::string DescribePairs(const std::vector<PairedSetting>& settings, std::string_view quantity) {
  const auto by_seeds = [](const PairedSetting& setting) {
    return std::tuple(MostSeeds(setting), setting.differences.size(),
                      setting.any_row->NumberOrZero("hidden"));
  };
  const auto by_hidden = [&](const PairedSetting& setting) {
    return std::tuple(CountTested(setting) > 0, setting.any_row->NumberOrZero("hidden"),
                      by_seeds(setting));
  };
  std::vector<std::string> tasks;
  for (const PairedSetting& setting : settings) {
    const auto is_first = [&](const auto& rank) {
      return std::ranges::none_of(settings, [&](const PairedSetting& any) {
        return any.any_row->task == setting.any_row->task && rank(setting) < rank(any);
      });
    };
    const bool is_widest = CountTested(setting) > 0 && is_first(by_hidden);
    if (is_first(by_seeds) || is_widest) tasks.push_back(DescribeSettingOf(setting));
  }
  return LeadAndPoints(
      fmt::format("{}, each strategy less the control that starts from the same biases, {}",
                  quantity, HowJudged("a setting's comparisons")),
      tasks, "no strategy was run with its control over three seeds in which not both diverged");
}

}  // namespace biasbench::report
