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

namespace biasbench::report {
namespace {

std::optional<PairedDifference> Pair(const Group& group, const Group& control,
                                     std::string_view key) {
  const BySeed values = ValuesBySeed(group, key);
  const BySeed differences = Less(values, ValuesBySeed(control, key));
  const std::optional<OverSeeds> over_seeds = Summarize(differences);
  if (!over_seeds) return std::nullopt;
  PairedDifference pair{{*over_seeds}, group.front()->strategy, control.front()->strategy};
  for (const auto& [seed, difference] : differences) {
    if (values.at(seed) == kBeyondAll) ++pair.diverged;
  }
  return pair;
}

// Adjusts the p-values for their number, and says what they mean.
void Judge(std::vector<PairedDifference>& differences) {
  std::vector<double> p_values;
  for (const PairedDifference& pair : differences) p_values.push_back(pair.p);
  p_values = record::HolmAdjust(p_values);
  for (std::size_t i = 0; i < differences.size(); ++i) {
    differences[i].p = p_values[i];
    differences[i].finding = FindingOf(differences[i], std::ssize(differences));
  }
}

int MostSeeds(const PairedSetting& setting) {
  return std::ranges::max(setting.differences, {}, &PairedDifference::seeds).seeds;
}

std::string DescribeSettingOf(const PairedSetting& setting) {
  std::vector<std::string> differing;
  std::vector<std::string> alike;
  std::vector<std::string> untold;
  for (const PairedDifference& pair : setting.differences) {
    const std::string pair_name =
        fmt::format("{} against {}", Code(pair.strategy), Code(pair.control));
    if (pair.finding == Finding::kTooFewSeeds) {
      untold.push_back(pair_name);
    } else if (pair.finding == Finding::kNoDifferenceSeen) {
      alike.push_back(pair_name);
    } else {
      differing.push_back(
          pair.diverged * 2 > pair.seeds
              ? fmt::format("{} diverges in {} of {}", pair_name, pair.diverged,
                            Counted(pair.seeds, "seed"))
              : fmt::format("{} is {} by {}", pair_name, Say(pair.finding), Describe(pair)));
    }
  }
  std::vector<std::string> parts;
  if (!differing.empty()) parts.push_back(fmt::format("{}", fmt::join(differing, ", ")));
  if (!alike.empty()) {
    parts.push_back(fmt::format("no difference seen: {}", fmt::join(alike, ", ")));
  }
  if (!untold.empty()) {
    parts.push_back(fmt::format("too few seeds to tell: {}", fmt::join(untold, ", ")));
  }
  const std::string others = OtherSettings(*setting.any_row);
  return fmt::format("{} ({} hidden nodes, {}{}): {}", Code(setting.any_row->task),
                     Integer(setting.any_row->NumberOrZero("hidden")),
                     others.empty() ? "" : others + ", ", Counted(MostSeeds(setting), "seed"),
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
      GroupRows(file.rows, [](const Row& row) { return row.label == row.strategy; });
  std::vector<PairedSetting> settings;
  for (const std::vector<Group>& part : PartBySetting(groups)) {
    const Comparison setting{part.front().front()->task, part};
    PairedSetting paired{part.front().front(), {}};
    for (const Group& group : part) {
      const Group* control = setting.Find(ControlOf(group.front()->strategy));
      if (control == nullptr) continue;
      if (auto pair = Pair(group, *control, key)) paired.differences.push_back(*std::move(pair));
    }
    if (paired.differences.empty()) continue;
    Judge(paired.differences);
    settings.push_back(std::move(paired));
  }
  return settings;
}

Table PairedTable(const PairedSetting& setting, std::string_view quantity) {
  Table table{
      fmt::format("{}: each strategy less the control that starts from the same biases, seed by "
                  "seed. Median, 95 % bootstrap interval, and the p-value of Wilcoxon's "
                  "signed-rank test after Holm's adjustment for {}. {}.",
                  quantity, Counted(std::ssize(setting.differences), "comparison"),
                  DescribeSetting(*setting.any_row)),
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
                          Describe(pair), ThreeDigits(pair.p), std::string(Say(pair.finding))});
  }
  return table;
}

std::string DescribePairs(const std::vector<PairedSetting>& settings, std::string_view quantity) {
  if (settings.empty()) return "Unknown: no strategy was run with its control over three seeds.";
  const auto rank = [](const PairedSetting& setting) {
    return std::tuple(MostSeeds(setting), setting.differences.size(),
                      setting.any_row->NumberOrZero("hidden"));
  };
  std::vector<std::string> tasks;
  for (const PairedSetting& setting : settings) {
    const bool has_rival = std::ranges::any_of(settings, [&](const PairedSetting& any) {
      return any.any_row->task == setting.any_row->task && rank(setting) < rank(any);
    });
    if (!has_rival) tasks.push_back(DescribeSettingOf(setting));
  }
  return fmt::format(
      "{}, each strategy less the control that starts from the same biases, seed "
      "by seed, median with 95 % interval:\n{}",
      quantity, fmt::join(tasks, "\n"));
}

}  // namespace biasbench::report
