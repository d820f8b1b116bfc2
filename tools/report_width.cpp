#include "report_width.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "report_numbers.h"
#include "report_seeds.h"
#include "report_sentence.h"

namespace biasbench::report {
namespace {

// Frozen biases beside those that begin alike and are trained. Frameworks begin at random.
struct Pair {
  std::string_view frozen;
  std::string_view trained;
};
constexpr Pair kRandom = {"frozen_random", "learned_from_random"};
constexpr Pair kPairs[] = {kRandom, {kFixed, "learned_from_one"}};
constexpr std::string_view kBiasMovement = "hidden_bias_movement";
constexpr std::string_view kWeightMovement = "hidden_weight_movement";
constexpr std::size_t kFewestWidths = 3;

bool IsStandard(const Row& row) { return !row.where.IsUsual("parametrization"); }

// What rows of a sweep have in common.
std::string SweepOf(const Row& row) {
  const double rate = row.NumberOrZero("learning_rate");
  return fmt::format("{} {:.4g}", row.where.Name({"seed", "strategy", "hidden", "learning_rate"}),
                     IsStandard(row) ? rate * row.NumberOrZero("hidden") : rate);
}

std::string_view NameOf(const WidthSweep& sweep) {
  return sweep.is_standard ? "standard" : "mean-field";
}

const Row& AnyRow(const WidthSweep& sweep) {
  return *sweep.widths.begin()->second.groups.front().front();
}

std::string RateOf(const WidthSweep& sweep) {
  const Row& row = AnyRow(sweep);
  const double rate = row.NumberOrZero("learning_rate");
  return sweep.is_standard ? fmt::format("{:.3g} / width", rate * row.NumberOrZero("hidden"))
                           : fmt::format("{:.3g}", rate);
}

// By hidden nodes, then by the frozen strategy.
using Costs = std::map<std::pair<double, std::string_view>, OverSeeds>;

// The frozen less the trained, by final training loss: all of a sweep, judged together.
Costs CostsOfFreezing(const WidthSweep& sweep) {
  std::vector<std::pair<double, std::string_view>> places;
  std::vector<BySeed> differences;
  for (const auto& [hidden, width] : sweep.widths) {
    for (const Pair& pair : kPairs) {
      const Group* frozen = width.Find(pair.frozen);
      const Group* trained = width.Find(pair.trained);
      if (frozen == nullptr || trained == nullptr) continue;
      places.emplace_back(hidden, pair.frozen);
      differences.push_back(
          Less(ValuesBySeed(*frozen, "train_loss"), ValuesBySeed(*trained, "train_loss")));
    }
  }
  const std::vector<std::optional<OverSeeds>> judged = Judge(differences);
  Costs costs;
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (judged[i]) costs.emplace(places[i], *judged[i]);
  }
  return costs;
}

Spread MovementOf(const Comparison& width, std::string_view strategy, std::string_view key) {
  const Group* group = width.Find(strategy);
  return group == nullptr ? Spread{} : SpreadOf(*group, key);
}

// "`fixed=1` less `learned_from_one` +0.1 [+0.1, +0.2] (higher) at 100 nodes, …", at the least and
// the largest width; "" where it is unknown.
std::string DescribeCost(const WidthSweep& sweep, const Costs& costs, const Pair& pair) {
  std::vector<std::string> ends;
  for (const double hidden : {sweep.widths.begin()->first, sweep.widths.rbegin()->first}) {
    const auto cost = costs.find({hidden, pair.frozen});
    if (cost == costs.end()) continue;
    ends.push_back(
        fmt::format("{} at {} nodes", DescribeWithFinding(cost->second), Integer(hidden)));
  }
  if (ends.size() < 2) return "";
  return fmt::format("{} less {} {}", Code(pair.frozen), Code(pair.trained), fmt::join(ends, ", "));
}

std::string DescribeMovement(const WidthSweep& sweep, std::string_view strategy) {
  const auto& [narrow, first] = *sweep.widths.begin();
  const auto& [wide, last] = *sweep.widths.rbegin();
  const Spread before = MovementOf(first, strategy, kBiasMovement);
  const Spread after = MovementOf(last, strategy, kBiasMovement);
  if (before.count == 0 || after.count == 0) {
    return fmt::format("how far biases of {} moved is unknown", Code(strategy));
  }
  return fmt::format("biases of {} moved by {} at {} nodes and by {} at {} (× {})", Code(strategy),
                     Describe(before), Integer(narrow), Describe(after), Integer(wide),
                     ThreeDigits(after.median / before.median));
}

std::string DescribeSweep(const WidthSweep& sweep) {
  std::vector<std::string> parts;
  const Costs costs = CostsOfFreezing(sweep);
  for (const Pair& pair : kPairs) {
    std::string cost = DescribeCost(sweep, costs, pair);
    if (!cost.empty()) parts.push_back(std::move(cost));
  }
  parts.push_back(DescribeMovement(sweep, kLearned));
  parts.push_back(DescribeMovement(sweep, kRandom.trained));
  return fmt::format("{} in the {} parametrization (rate {}): {}", Code(AnyRow(sweep).task),
                     NameOf(sweep), RateOf(sweep), fmt::join(parts, "; "));
}

// gnuplot's clause for one strategy's `key` over the widths; its data become a file of the plot.
std::string DrawLine(Plot& plot, const WidthSweep& sweep, std::string_view strategy,
                     std::string_view key, std::string_view colour) {
  std::string data;
  for (const auto& [hidden, width] : sweep.widths) {
    const Group* group = width.Find(strategy);
    const Spread spread = group == nullptr ? Spread{} : SpreadOf(*group, key);
    if (spread.count == 0 || !(spread.max < kBeyondAll)) continue;
    data += fmt::format("{:.6g}\t{:.6g}\t{:.6g}\t{:.6g}\n", hidden, spread.median, spread.min,
                        spread.max);
  }
  if (data.empty()) return "";
  const std::string file = fmt::format("line{}.tsv", plot.data_files.size());
  plot.data_files[file] = data;
  return fmt::format(
      "{0} using 1:2 with lines lw 2 dt {1} lc '{2}' notitle, "
      "{0} using 1:2:3:4 with yerrorbars pt {3} lw 1.5 lc '{2}' title {4}, ",
      Quote(file), sweep.is_standard ? 2 : 1, colour, sweep.is_standard ? 6 : 7,
      Quote(fmt::format("{}, {}", strategy, NameOf(sweep))));
}

// The sweeps of the task that has the most widths.
std::vector<WidthSweep> MainSweeps(const ResultFile& convergence) {
  std::vector<WidthSweep> sweeps = WidthSweeps(convergence);
  const auto widest = std::ranges::max_element(
      sweeps, {}, [](const WidthSweep& sweep) { return sweep.widths.size(); });
  if (widest == sweeps.end()) return sweeps;
  const std::string task = AnyRow(*widest).task;
  std::erase_if(sweeps, [&](const WidthSweep& sweep) { return AnyRow(sweep).task != task; });
  return sweeps;
}

}  // namespace

std::vector<WidthSweep> WidthSweeps(const ResultFile& convergence) {
  std::vector<std::pair<std::string, WidthSweep>> sweeps;
  for (const Group& group : GroupRows(convergence.rows, [](const Row& row) {
         return !HasTurnedSign(row) && row.numbers.contains(kWeightMovement);
       })) {
    const Row& row = *group.front();
    const std::string name = SweepOf(row);
    auto place = std::ranges::find(sweeps, name, &std::pair<std::string, WidthSweep>::first);
    if (place == sweeps.end()) {
      place = sweeps.insert(place, {name, {.is_standard = IsStandard(row), .widths = {}}});
    }
    Comparison& width = place->second.widths[row.NumberOrZero("hidden")];
    width.task = row.task;
    width.groups.push_back(group);
  }
  std::vector<WidthSweep> long_ones;
  for (auto& [name, sweep] : sweeps) {
    std::erase_if(sweep.widths, [](const auto& width) {
      return width.second.Find(kRandom.frozen) == nullptr ||
             width.second.Find(kRandom.trained) == nullptr;
    });
    if (sweep.widths.size() >= kFewestWidths) long_ones.push_back(std::move(sweep));
  }
  return long_ones;
}

Table WidthTable(const WidthSweep& sweep) {
  Table table{
      fmt::format("{} in the {} parametrization at a learning rate of {}. Movement: how far the "
                  "hidden layer's biases and weights got from where they began, root mean square, "
                  "in units of the initial weights'. Median [min–max] over n seeds. Cost of "
                  "freezing: less the strategy that begins with the same biases and trains them, "
                  "{}.",
                  Code(AnyRow(sweep).task), NameOf(sweep), RateOf(sweep),
                  HowJudged("the table's comparisons")),
      {{"hidden", true},
       {"strategy"},
       {"n", true},
       {"training loss", true},
       {"biases moved", true},
       {"weights moved", true},
       {"cost of freezing", true}},
      {}};
  const Costs costs = CostsOfFreezing(sweep);
  for (const auto& [hidden, width] : sweep.widths) {
    for (const std::string_view strategy :
         {kLearned, kRandom.trained, kRandom.frozen, kPairs[1].trained, kFixed, kNone}) {
      const Group* group = width.Find(strategy);
      if (group == nullptr) continue;
      const auto cost = costs.find({hidden, strategy});
      const Spread loss = SpreadOf(*group, "train_loss");
      table.rows.push_back({Integer(hidden), Code(strategy), fmt::format("{}", loss.count),
                            Describe(loss), Describe(SpreadOf(*group, kBiasMovement)),
                            Describe(SpreadOf(*group, kWeightMovement)),
                            cost == costs.end() ? "" : DescribeWithFinding(cost->second)});
    }
  }
  return table;
}

std::optional<Plot> WidthFigure(const ResultFile& convergence) {
  const std::vector<WidthSweep> sweeps = MainSweeps(convergence);
  if (sweeps.empty()) return std::nullopt;
  Plot plot{.name = "width",
            .title = "Biases in narrow and wide networks",
            .caption = fmt::format(
                "Final training loss (above) and how far biases moved, in units of the initial "
                "hidden weights (below), on {}; median and range over seeds. The mean-field "
                "parametrization, and the standard one with its rate falling as 1 / width.",
                Code(AnyRow(sweeps.front()).task)),
            .height_px = 820};
  std::string losses;
  std::string movements;
  for (const WidthSweep& sweep : sweeps) {
    losses += DrawLine(plot, sweep, kLearned, "train_loss", colour::kBlack);
    losses += DrawLine(plot, sweep, kRandom.trained, "train_loss", colour::kBlue);
    losses += DrawLine(plot, sweep, kRandom.frozen, "train_loss", colour::kVermillion);
    movements += DrawLine(plot, sweep, kLearned, kBiasMovement, colour::kBlack);
    movements += DrawLine(plot, sweep, kRandom.trained, kBiasMovement, colour::kBlue);
  }
  if (losses.empty() || movements.empty()) return std::nullopt;
  plot.script = fmt::format(
      "set multiplot layout 2,1\nset logscale xy\nset format x '%.0f'\nset format y '%g'\n"
      "set lmargin 12\nset rmargin 5\nset key outside below maxrows 3 samplen 2 font ',11'\n"
      "set ylabel 'training loss'\nplot {}\nset xlabel 'hidden nodes'\n"
      "set ylabel 'biases moved'\nplot {}\nunset multiplot\n",
      losses, movements);
  return plot;
}

std::string DescribeWidths(const ResultFile& convergence) {
  std::vector<std::string> parts;
  for (const WidthSweep& sweep : WidthSweeps(convergence)) parts.push_back(DescribeSweep(sweep));
  return LeadAndPoints(
      fmt::format("Final training loss with frozen biases less that with trained ones, {}; how far "
                  "biases moved, in units of the initial hidden weights, median [min–max]",
                  HowJudged("the comparisons at all widths")),
      parts, "no task was trained at three widths");
}

}  // namespace biasbench::report
