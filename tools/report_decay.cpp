#include "report_decay.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>

#include "report_numbers.h"
#include "report_seeds.h"
#include "report_sentence.h"

namespace biasbench::report {
namespace {

constexpr DecaySweep::Decay kNoDecay = {0, false};

const Row& AnyRow(const DecaySweep& sweep) {
  return *sweep.decays.begin()->second.groups.front().front();
}

std::string SweepOf(const Row& row) {
  return row.where.Name({"seed", "strategy", "weight_decay", "decay_bias"});
}

DecaySweep::Decay DecayOf(const Row& row) {
  return {row.NumberOrZero("weight_decay"), !row.where.IsUsual("decay_bias")};
}

// By final training loss, seed by seed: trained with the decay, less trained without.
BySeed CostOfDecay(const DecaySweep& sweep, const DecaySweep::Decay& decay,
                   std::string_view strategy) {
  const Group* with = sweep.Find(decay, strategy);
  const Group* without = sweep.Find(kNoDecay, strategy);
  if (with == nullptr || without == nullptr) return {};
  return Less(ValuesBySeed(*with, "train_loss"), ValuesBySeed(*without, "train_loss"));
}

// What a decay costs `learned`, what with its biases decayed, and how much more it costs `fixed=1`
// and `none`.
constexpr std::size_t kCosts = 4;
std::array<BySeed, kCosts> CostsOf(const DecaySweep& sweep, double decay) {
  const BySeed learned = CostOfDecay(sweep, {decay, false}, kLearned);
  return {learned, CostOfDecay(sweep, {decay, true}, kLearned),
          Less(CostOfDecay(sweep, {decay, false}, kFixed), learned),
          Less(CostOfDecay(sweep, {decay, false}, kNone), learned)};
}

// A point for each decay.
std::vector<std::string> DescribeSweep(const DecaySweep& sweep) {
  std::vector<double> decays;
  std::vector<BySeed> costs;
  for (const auto& [decay, comparison] : sweep.decays) {
    if (decay.first == 0 || decay.second) continue;
    decays.push_back(decay.first);
    std::ranges::move(CostsOf(sweep, decay.first), std::back_inserter(costs));
  }
  const std::vector<std::optional<OverSeeds>> judged = Judge(costs);
  std::vector<std::string> points;
  for (std::size_t i = 0; i < decays.size(); ++i) {
    const auto cost = [&](std::size_t k) { return DescribeWithFinding(judged[i * kCosts + k]); };
    points.push_back(
        fmt::format("{}: a decay of {} costs {} {}, with its biases decayed {}; beyond what it "
                    "costs {}, {} {}, {} {}",
                    TaskAndSetting(AnyRow(sweep)), decays[i], Code(kLearned), cost(0), cost(1),
                    Code(kLearned), Code(kFixed), cost(2), Code(kNone), cost(3)));
  }
  return points;
}

struct LineStyle {
  std::string_view strategy;
  bool decays_biases;
  std::string_view colour;
};
constexpr LineStyle kLines[] = {{kLearned, false, colour::kBlack},
                                {kLearned, true, colour::kBlue},
                                {kFixed, false, colour::kVermillion},
                                {kNone, false, colour::kGreen}};

// Decays are drawn side by side, not to scale: zero has no place on a logarithmic axis.
std::string DrawLine(Plot& plot, const DecaySweep& sweep, const LineStyle& line,
                     std::string_view key, const std::vector<double>& decays) {
  std::string data;
  for (std::size_t i = 0; i < decays.size(); ++i) {
    const bool has_decay = decays[i] > 0;
    const Group* group = sweep.Find({decays[i], has_decay && line.decays_biases}, line.strategy);
    const Spread spread = group == nullptr ? Spread{} : SpreadOf(*group, key);
    if (spread.count == 0 || !(spread.max < kBeyondAll)) continue;
    data += fmt::format("{}\t{:.6g}\t{:.6g}\t{:.6g}\n", i, spread.median, spread.min, spread.max);
  }
  if (data.empty()) return "";
  const std::string file = fmt::format("line{}.tsv", plot.data_files.size());
  plot.data_files[file] = data;
  return fmt::format(
      "{0} using 1:2 with lines lw 2 lc '{1}' notitle, "
      "{0} using 1:2:3:4 with yerrorbars pt 7 lw 1.5 lc '{1}' title {2}, ",
      Quote(file), line.colour,
      Quote(fmt::format("{}{}", line.strategy, line.decays_biases ? ", biases decayed" : "")));
}

std::optional<Plot> Draw(const DecaySweep& sweep, std::size_t number) {
  std::vector<double> decays;
  std::vector<std::string> tics;
  for (const auto& [decay, comparison] : sweep.decays) {
    if (!decays.empty() && decays.back() == decay.first) continue;
    tics.push_back(fmt::format("'{}' {}", decay.first, decays.size()));
    decays.push_back(decay.first);
  }
  Plot plot{
      .name = fmt::format("regularization{}", number == 0 ? "" : fmt::format("_{}", number + 1)),
      .title = fmt::format("Weight decay: {}", AnyRow(sweep).task),
      .caption = fmt::format("Final training loss (left) and test loss (right) by weight "
                             "decay, median and range over seeds. {}.",
                             DescribeSetting(AnyRow(sweep))),
      .height_px = 480};
  std::string panels;
  for (const auto& [key, title] :
       {std::pair("train_loss", "training loss"), std::pair("test_loss", "test loss")}) {
    std::string clauses;
    for (const LineStyle& line : kLines) clauses += DrawLine(plot, sweep, line, key, decays);
    if (clauses.empty()) return std::nullopt;
    panels += fmt::format("set ylabel '{}' offset 1.5,0\nplot {}\n", title, clauses);
  }
  plot.script = fmt::format(
      "set multiplot layout 1,2\nset logscale y\nset format y '%g'\nset lmargin 11\n"
      "set xrange [-0.3:{}.3]\nset xtics ({})\nset xlabel 'weight decay'\n"
      "set key outside below maxrows 4 samplen 2 font ',11'\n{}unset multiplot\n",
      decays.size() - 1, fmt::join(tics, ", "), panels);
  return plot;
}

}  // namespace

double DecaySweep::StrongestDecay() const { return decays.rbegin()->first.first; }

const Group* DecaySweep::Find(const Decay& decay, std::string_view strategy) const {
  const auto found = decays.find(decay);
  return found == decays.end() ? nullptr : found->second.Find(strategy);
}

std::vector<DecaySweep> DecaySweeps(const ResultFile& convergence) {
  std::vector<std::string> names;
  std::vector<DecaySweep> sweeps;
  for (const Group& group :
       GroupRows(convergence.rows, [](const Row& row) { return IsHeadline(row); })) {
    const Row& row = *group.front();
    const auto place = std::ranges::find(names, SweepOf(row));
    const auto index = static_cast<std::size_t>(place - names.begin());
    if (place == names.end()) {
      names.push_back(SweepOf(row));
      sweeps.emplace_back();
    }
    Comparison& comparison = sweeps[index].decays[DecayOf(row)];
    comparison.task = row.task;
    comparison.groups.push_back(group);
  }
  std::erase_if(sweeps, [](const DecaySweep& sweep) {
    return !sweep.decays.contains(kNoDecay) || sweep.StrongestDecay() == 0;
  });
  return sweeps;
}

Table DecayTable(const DecaySweep& sweep) {
  Table table{fmt::format("Median [min–max] over n seeds. {}.", DescribeSetting(AnyRow(sweep))),
              {{"weight decay", true},
               {"strategy"},
               {"biases decayed"},
               {"n", true},
               {"training loss", true},
               {"test loss", true}},
              {}};
  for (const auto& [decay, comparison] : sweep.decays) {
    for (const Group& group : comparison.groups) {
      const Spread loss = SpreadOf(group, "train_loss");
      table.rows.push_back({fmt::format("{}", decay.first), Code(group.front()->strategy),
                            decay.second ? "yes" : "", fmt::format("{}", loss.count),
                            Describe(loss), Describe(SpreadOf(group, "test_loss"))});
    }
  }
  return table;
}

std::vector<Plot> DecayFigures(const ResultFile& convergence) {
  std::vector<Plot> plots;
  for (const DecaySweep& sweep : DecaySweeps(convergence)) {
    if (auto plot = Draw(sweep, plots.size())) plots.push_back(*std::move(plot));
  }
  return plots;
}

std::string DescribeDecay(const ResultFile& convergence) {
  std::vector<std::string> points;
  for (const DecaySweep& sweep : DecaySweeps(convergence)) {
    std::ranges::move(DescribeSweep(sweep), std::back_inserter(points));
  }
  return LeadAndPoints(
      fmt::format("Final training loss against no decay, {}", HowJudged("a task's comparisons")),
      points, "no strategy was trained with weight decay and without");
}

}  // namespace biasbench::report
