#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "report/figure_makers.h"

namespace biasbench::report {

Figures WeightDecay(const Source& source) {
  Figures figures;
  for (const RowGroup& sweep :
       GroupRows(source.Trainings([](const ResultRow& row) { return HasRightSign(row); }),
                 {"seed", "strategy", "weight_decay", "decay_bias"})) {
    std::set<double> decays;
    for (const ResultRow* row : sweep) decays.insert(row->NumberOrZero("weight_decay"));
    if (decays.size() < 3) continue;
    Figure figure{
        .name = NameFor("weight_decay", Task(*sweep.front())),
        .title = "Weight decay on " + Task(*sweep.front()),
        .caption = fmt::format(
            "Final training and test loss by weight decay (not to scale), median and "
            "95 % interval: {}.",
            DescribeSetting(*sweep.front(), {"seed", "strategy", "weight_decay", "decay_bias"})),
        .panels = {}};
    for (const auto& [key, title] :
         {std::pair("train_loss", "training loss"), std::pair("test_loss", "test loss")}) {
      Panel panel{.kind = PanelKind::kLines,
                  .title = title,
                  .x_label = "weight decay",
                  .y_label = "",
                  .has_log_y = true,
                  .series = {},
                  .lanes = {}};
      for (const double decay : decays) {
        panel.ticks.emplace_back(static_cast<double>(panel.ticks.size()), fmt::format("{}", decay));
      }
      for (const bool decays_biases : {false, true}) {
        for (const std::string strategy : {"learned", "fixed=1", "none"}) {
          const RowGroup rows = [&] {
            RowGroup kept;
            for (const ResultRow* row : sweep) {
              const bool is_plain = row->NumberOrZero("weight_decay") == 0;
              if (Strategy(*row) == strategy &&
                  (is_plain || row->where.IsUsual("decay_bias") != decays_biases)) {
                kept.push_back(row);
              }
            }
            return kept;
          }();
          if (decays_biases && strategy != "learned") continue;  // no biases of theirs are trained
          std::vector<Series> lines = SeriesBy(rows, "weight_decay", key, {strategy});
          for (Series& series : lines) {
            if (decays_biases) {
              series.label += ", biases decayed";
              series.style.dash = 2;
            }
            for (Point& point : series.points) {
              point.x = static_cast<double>(std::distance(decays.begin(), decays.find(point.x)));
            }
            panel.series.push_back(std::move(series));
          }
        }
      }
      figure.panels.push_back(std::move(panel));
    }
    figures.push_back(std::move(figure));
  }
  return figures;
}

Figures BiasSigns(const Source& source) {
  Figures figures;
  const CurvesByName curves = IndexCurves(source.results);
  for (const RowGroup& setting : GroupRows(source.Trainings([](const ResultRow&) { return true; }),
                                           {"seed", "strategy", "bias_sign"})) {
    Panel right = CurvePanel("right sign");
    Panel wrong = CurvePanel("wrong sign");
    std::set<std::string> rules;
    for (const RowGroup& group : GroupRows(setting)) {
      const std::string strategy = Strategy(*group.front());
      if (group.front()->where.Text("bias_sign") != "wrong") continue;
      rules.insert(strategy);
      wrong.series.push_back(CurveOf(group, curves, strategy, StyleOf(strategy)));
    }
    if (rules.size() < 2) continue;
    for (const RowGroup& group : GroupRows(setting)) {
      const std::string strategy = Strategy(*group.front());
      if (!HasRightSign(*group.front()) || !rules.contains(strategy)) continue;
      right.series.push_back(CurveOf(group, curves, strategy, StyleOf(strategy)));
    }
    const auto has_points = [](const Panel& panel) {
      return std::ranges::any_of(panel.series,
                                 [](const Series& series) { return !series.points.empty(); });
    };
    if (!has_points(right) || !has_points(wrong)) continue;
    figures.push_back(
        {.name = NameFor("bias_signs", Task(*setting.front())),
         .title = "Update rules with the right and the wrong sign on " + Task(*setting.front()),
         .caption = fmt::format(
             "Running training loss on {} by update rule, with the right sign and with the wrong "
             "one, median and 95 % interval; {}.",
             Code(Task(*setting.front())),
             DescribeSetting(*setting.front(), {"seed", "strategy", "bias_sign"})),
         .panels = {std::move(right), std::move(wrong)}});
  }
  return figures;
}

Figures Faults(const Source& source) {
  if (source.results.faults.empty()) return {};
  Panel panel = CurvePanel("");
  panel.y_label = "training loss";
  std::vector<const FaultCurves::value_type*> curves;
  for (const auto& curve : source.results.faults) curves.push_back(&curve);
  std::ranges::stable_sort(curves, {},
                           [](const auto* curve) { return curve->first.first != "none"; });
  for (const auto* curve : curves) {
    const auto& [name, losses] = *curve;
    const auto& [fault, strategy] = name;
    Series series{fmt::format("{}, {}", fault == "none" ? "no mistake" : fault, strategy),
                  StyleAt(panel.series.size()),
                  {}};
    for (const auto& [epoch, loss] : losses) {
      series.points.push_back({static_cast<double>(epoch), loss, loss, loss});
    }
    panel.series.push_back(std::move(series));
  }
  return {{.name = "faults",
           .title = "What mistakes in backpropagation do to training",
           .caption =
               "Training loss by epoch on `harmonic3`, textbook formulas in double precision "
               "with one mistake planted in each (strategy behind the comma); a line ends "
               "where it diverges. Some mistakes cannot be told from a curve: `gradcheck` "
               "finds them all.",
           .panels = {panel}}};
}

}  // namespace biasbench::report
