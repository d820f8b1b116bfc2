#include "report_signs.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "report_curves.h"
#include "report_numbers.h"
#include "report_seeds.h"
#include "report_sentence.h"

namespace biasbench::report {
namespace {

// All but strategy, seed, sign and rate.
std::string ExperimentOf(const Row& row) {
  return row.where.Name({"seed", "strategy", "bias_sign", "learning_rate"});
}

double RateOf(const Row& row) { return row.NumberOrZero("learning_rate"); }

SignExperiment ExperimentLike(const Row& turned, const std::vector<Row>& rows) {
  const auto groups = [&](bool is_turned, bool is_larger_rate) {
    return Comparison{turned.task, GroupRows(rows, [&](const Row& row) {
                        const double rate = RateOf(row);
                        return HasTurnedSign(row) == is_turned &&
                               ExperimentOf(row) == ExperimentOf(turned) &&
                               (is_larger_rate ? rate > RateOf(turned) : rate == RateOf(turned));
                      })};
  };
  return {groups(false, false), groups(true, false), groups(false, true)};
}

std::string SignOf(const Row& row) { return row.where.Text("bias_sign"); }

// The group's test loss over that of `right`, seed by seed: "× 2.29 [1.90–5.80]"; or in how many
// seeds it diverged.
std::string DescribeRatio(const Group& group, const Group& right) {
  const BySeed of_right = ValuesBySeed(right, "test_loss");
  std::vector<double> ratios;
  for (const auto& [seed, loss] : ValuesBySeed(group, "test_loss")) {
    const auto base = of_right.find(seed);
    if (base == of_right.end() || base->second == kBeyondAll) continue;
    ratios.push_back(loss == kBeyondAll ? HUGE_VAL : loss / base->second);
  }
  if (ratios.empty()) return "unknown";
  const Spread spread = SpreadOfValues(ratios);
  if (std::isfinite(spread.median)) return "× " + Describe(spread);
  return fmt::format("diverged in {} of {}", std::ranges::count(ratios, HUGE_VAL),
                     Counted(std::ssize(ratios), "seed"));
}

std::string DescribeExperiment(const SignExperiment& experiment) {
  std::vector<std::string> parts;
  for (const Group& wrong : experiment.wrong.groups) {
    const Row& row = *wrong.front();
    const Group* right = experiment.right.Find(row.strategy);
    if (right == nullptr) continue;
    parts.push_back(fmt::format("{} {}", Code(row.label), DescribeRatio(wrong, *right)));
  }
  for (const Group& control : experiment.control.groups) {
    const Row& row = *control.front();
    const Group* right = experiment.right.Find(row.strategy);
    if (right == nullptr) continue;
    parts.push_back(fmt::format("{} with the right sign at the rate {}: {}", Code(row.strategy),
                                RateOf(row), DescribeRatio(control, *right)));
  }
  return fmt::format("{}: {}", TaskAndSetting(*experiment.right.groups.front().front()),
                     fmt::join(parts, ", "));
}

constexpr std::string_view kColours[] = {colour::kBlack, colour::kVermillion, colour::kBlue,
                                         colour::kGreen, colour::kPurple,     colour::kOrange,
                                         colour::kSky};

// In a panel of its own, where "wrong" need not be said; "learned, wrong_hidden".
std::string TitleOf(const Row& row) {
  const bool is_plain = !HasTurnedSign(row) || SignOf(row) == "wrong";
  return is_plain ? row.strategy : fmt::format("{}, {}", row.strategy, SignOf(row));
}

int DashOf(const Row& row) {
  if (!HasTurnedSign(row) || SignOf(row) == "wrong") return 1;
  return SignOf(row) == "wrong_hidden" ? 2 : 3;
}

// Clauses of `plot` for the groups' lines; a strategy has the same colour in every panel.
std::string DrawGroups(Plot& plot, const Comparison& groups, const std::vector<CurvePoint>& curves,
                       double CurvePoint::*loss, const SignExperiment& experiment,
                       bool is_control) {
  std::string clauses;
  for (const Group& group : groups.groups) {
    const Row& row = *group.front();
    const std::vector<Line> lines = MakeLines({groups.task, {group}}, curves, loss);
    if (lines.empty()) continue;
    const std::string file = fmt::format("line{}.tsv", plot.data_files.size());
    std::string data;
    for (const auto& [epoch, spread] : lines.front().epochs) {
      if (!std::isfinite(spread.median)) break;
      data += fmt::format("{}\t{}\n", epoch, spread.median);
    }
    if (data.empty()) continue;
    plot.data_files[file] = data;
    const Group* right = experiment.right.Find(row.strategy);
    const auto index =
        right == nullptr ? 0U : static_cast<std::size_t>(right - experiment.right.groups.data());
    clauses += fmt::format(
        "{} using 1:2 with lines lw 2 dt {} lc '{}' title {}, ", Quote(file), DashOf(row),
        is_control ? colour::kGrey : kColours[index % std::size(kColours)],
        Quote(is_control ? fmt::format("{}, rate {}", row.strategy, RateOf(row)) : TitleOf(row)));
  }
  return clauses;
}

// A panel of the grid of two by two.
std::string Panel(int column, int row, std::string_view title, const std::string& clauses) {
  if (clauses.empty()) return "";
  const double left = column * 0.5;
  const double top = 1 - row * 0.5;
  return fmt::format(
      "set lmargin at screen {}\nset rmargin at screen {}\nset tmargin at screen {}\nset bmargin "
      "at "
      "screen {}\nset key at screen {},screen {} left top Left reverse vertical maxrows 4 samplen "
      "1.5 font ',11'\nset title {}\nplot {}\n",
      left + 0.1, left + 0.47, top - 0.05, top - 0.33, left + 0.02, top - 0.4, Quote(title),
      clauses);
}

// Training and test loss, the right sign beside the wrong one.
std::optional<Plot> Draw(const SignExperiment& experiment, const std::vector<CurvePoint>& curves) {
  Plot plot{
      .name = "bias_signs",
      .title = "Bias updates with the right and the wrong sign",
      .caption = fmt::format(
          "Training loss (above) and test loss (below) by epoch on {}, median over seeds; "
          "biases updated with the right sign (left) and with the wrong one (right){}. A line "
          "ends where its median diverges. {}.",
          Code(experiment.right.task),
          experiment.control.groups.empty() ? "" : "; grey: too large a rate",
          DescribeSetting(*experiment.right.groups.front().front())),
      .height_px = 900};
  std::string panels;
  const auto add = [&](int row, std::string_view what, double CurvePoint::*loss) {
    const std::string control =
        DrawGroups(plot, experiment.control, curves, loss, experiment, true);
    const std::string right = DrawGroups(plot, experiment.right, curves, loss, experiment, false);
    const std::string wrong = DrawGroups(plot, experiment.wrong, curves, loss, experiment, false);
    panels += fmt::format("set ylabel '{}' offset 1.2,0\n", what);
    panels += Panel(0, row, fmt::format("{}, right sign", what), right + control);
    panels += Panel(1, row, fmt::format("{}, wrong sign", what), wrong);
  };
  add(0, "training loss", &CurvePoint::train_loss);
  add(1, "test loss", &CurvePoint::test_loss);
  if (plot.data_files.empty()) return std::nullopt;
  plot.script =
      "set multiplot\nset logscale y\nset format y '%g'\nset xlabel 'epoch'\nset tics font "
      "',12'\n" +
      panels + "unset multiplot\n";
  return plot;
}

}  // namespace

std::vector<SignExperiment> SignExperiments(const ResultFile& convergence) {
  std::vector<SignExperiment> experiments;
  std::vector<std::string> seen;
  for (const Row& row : convergence.rows) {
    const std::string key = fmt::format("{} {}", ExperimentOf(row), RateOf(row));
    if (!HasTurnedSign(row) || std::ranges::count(seen, key) > 0) continue;
    seen.push_back(key);
    SignExperiment experiment = ExperimentLike(row, convergence.rows);
    if (!experiment.right.groups.empty()) experiments.push_back(std::move(experiment));
  }
  std::ranges::stable_sort(experiments, std::ranges::greater(), [](const SignExperiment& any) {
    return any.right.groups.size() + any.wrong.groups.size();
  });
  return experiments;
}

Table SignTable(const SignExperiment& experiment) {
  Table table{fmt::format("Final losses with the right and with a wrong sign of the bias updates, "
                          "and at too large a rate. Median [min–max] over n seeds; change: the "
                          "test loss over that with the right sign, seed by seed. {}.",
                          DescribeSetting(*experiment.right.groups.front().front())),
              {{"strategy"},
               {"sign"},
               {"rate", true},
               {"n", true},
               {"training loss", true},
               {"test loss", true},
               {"change", true},
               {"status"}},
              {}};
  for (const Comparison* part : {&experiment.right, &experiment.wrong, &experiment.control}) {
    for (const Group& group : part->groups) {
      const Row& row = *group.front();
      const Group* right = experiment.right.Find(row.strategy);
      const bool is_changed = part != &experiment.right && right != nullptr;
      table.rows.push_back({Code(row.strategy), HasTurnedSign(row) ? Plain(SignOf(row)) : "right",
                            fmt::format("{}", RateOf(row)), fmt::format("{}", group.size()),
                            Describe(SpreadOf(group, "train_loss")),
                            Describe(SpreadOf(group, "test_loss")),
                            is_changed ? DescribeRatio(group, *right) : "", DescribeStatus(group)});
    }
  }
  return table;
}

std::vector<Plot> SignFigures(const ResultFile& convergence,
                              const std::vector<CurvePoint>& curves) {
  std::vector<Plot> plots;
  for (const SignExperiment& experiment : SignExperiments(convergence)) {
    const bool compares_rules = experiment.wrong.groups.size() > 1;
    auto plot = compares_rules ? Draw(experiment, curves) : std::nullopt;
    if (!plot) continue;
    if (!plots.empty()) plot->name += fmt::format("_{}", plots.size() + 1);
    plots.push_back(*std::move(plot));
  }
  return plots;
}

std::string DescribeSigns(const ResultFile& convergence) {
  std::vector<std::string> parts;
  for (const SignExperiment& experiment : SignExperiments(convergence)) {
    parts.push_back(DescribeExperiment(experiment));
  }
  return LeadAndPoints(
      "The final test loss with a wrong sign, over that with the right one, seed by seed, median "
      "[min–max]",
      parts, "no strategy was trained with its sign turned and without");
}

}  // namespace biasbench::report
