#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "report/figure_makers.h"

namespace biasbench::report {

using record::QuantityOf;

Figures AnswerFigure(const Source& source) {
  const std::vector<std::string> strategies = HeadlineStrategies();
  Figure figure{.name = "answer",
                .title = "What strategies end at on each task",
                .caption = "Final training loss, median and 95 % interval",
                .panels = {},
                .has_shared_lanes = true};
  std::vector<std::string> settings;
  for (const std::string& task : TasksOf(source.Trainings(IsOrdinary))) {
    const auto groups = HeadlineGroups(source, task);
    Panel panel{.kind = PanelKind::kLanes,
                .title = task,
                .x_label = "training loss",
                .y_label = "",
                .has_log_x = true,
                .series = {},
                .lanes = strategies};
    for (std::size_t i = 0; i < strategies.size(); ++i) {
      const auto group = groups.find(strategies[i]);
      if (group == groups.end()) continue;
      const Summary loss = Summarize(group->second, QuantityOf("train_loss"));
      if (!(loss.median > 0) || std::isinf(loss.median)) continue;
      panel.series.push_back(
          {"",
           StyleOf(strategies[i]),
           {{loss.median, static_cast<double>(i) + 1, loss.interval.low, loss.interval.high}}});
    }
    std::size_t seeds = 0;
    for (const auto& [strategy, group] : groups) seeds = std::max(seeds, group.size());
    if (panel.series.size() < 2 || seeds < 2) continue;
    if (task == "harmonic3") panel.marks = {{0.5, ""}};
    settings.push_back(fmt::format("{}: {}, up to {}", Code(task),
                                   DescribeTraining(*groups.begin()->second.front()),
                                   Counted(static_cast<std::int64_t>(seeds), "seed")));
    figure.panels.push_back(std::move(panel));
  }
  if (figure.panels.empty()) return {};
  figure.caption +=
      fmt::format(" ({}). Dotted: 0.5, below which no bias-free ReLU network comes on `harmonic3`.",
                  fmt::join(settings, "; "));
  return {figure};
}

Figures Convergence(const Source& source) {
  Figures figures;
  const CurvesByName curves = IndexCurves(source.results);
  for (const std::string& task : TasksOf(source.Trainings(IsOrdinary))) {
    const auto groups = HeadlineGroups(source, task);
    Panel headline = CurvePanel("strategies of the six contrasts");
    Panel others = CurvePanel("all other strategies");
    std::size_t seeds = 0;
    for (const auto& [strategy, group] : groups) {
      Series series = CurveOf(group, curves, strategy, StyleOf(strategy));
      if (series.points.empty()) continue;
      seeds = std::max(seeds, group.size());
      const auto names = HeadlineStrategies();
      (std::ranges::count(names, strategy) > 0 ? headline : others).series.push_back(series);
    }
    if (headline.series.empty()) continue;
    Figure figure{.name = NameFor("convergence", task),
                  .title = "Training curves on " + task,
                  .caption = fmt::format(
                      "Running training loss (an epoch's mean, each batch before its step) on {}, "
                      "median and 95 % interval over up to {}; {}. A line ends where half of the "
                      "seeds have diverged.",
                      Code(task), Counted(static_cast<std::int64_t>(seeds), "seed"),
                      DescribeTraining(*groups.begin()->second.front())),
                  .panels = {std::move(headline)}};
    if (!others.series.empty()) figure.panels.push_back(std::move(others));
    figures.push_back(std::move(figure));
  }
  return figures;
}

Figures Brightness(const Source& source) {
  constexpr std::string_view kKey = "test_accuracy_at_scale_";
  Figures figures;
  for (const RowGroup& setting : GroupRows(source.Trainings([&](const ResultRow& row) {
         return row.IsOk() && !row.where.Text("test_scale").empty();
       }),
                                           {"seed", "strategy"})) {
    Panel panel{.kind = PanelKind::kLines,
                .title = "",
                .x_label = "brightness of the test images, as a multiple of the training images'",
                .y_label = "test accuracy",
                .has_log_x = true,
                .series = {},
                .lanes = {}};
    for (const RowGroup& group : GroupRows(setting)) {
      Series series{Strategy(*group.front()), StyleOf(Strategy(*group.front())), {}};
      for (const auto& [key, value] : group.front()->numbers) {
        if (!key.starts_with(kKey)) continue;
        const double scale = std::stod(key.substr(kKey.size()));
        series.points.push_back(PointAt(scale, Summarize(ValuesOf(group, key))));
        const std::pair tick(scale, key.substr(kKey.size()));
        if (std::ranges::count(panel.ticks, tick) == 0) panel.ticks.push_back(tick);
      }
      std::ranges::sort(series.points, {}, &Point::x);
      if (!series.points.empty()) panel.series.push_back(std::move(series));
    }
    if (panel.series.size() < 2) continue;
    figures.push_back(
        {.name = fmt::format("brightness{}",
                             figures.empty() ? "" : fmt::format("_{}", figures.size() + 1)),
         .title = "Test accuracy at other brightness",
         .caption = fmt::format(
             "Test accuracy of the same trained networks on {} at other brightness, median and "
             "95 % interval; {}.",
             Code(Task(*setting.front())), DescribeTraining(*setting.front())),
         .panels = {panel}});
  }
  return figures;
}

Figures Width(const Source& source) {
  constexpr double kRates[] = {0.1, 3};  // of mean-field; of the standard one, times the width
  Figure figure{.name = "width",
                .title = "Loss and the biases' movement by width",
                .caption =
                    "By width on `harmonic3`, 60 epochs, median and 95 % interval: final "
                    "training loss, and how far biases moved from where they began, in units "
                    "of the initial hidden weights' size (root mean squares). Left: the "
                    "mean-field parametrization, rate 0.1. Right: frameworks' default one, "
                    "rate 3 / width.",
                .panels = {}};
  for (const auto& [key, label] : {std::pair("train_loss", "training loss"),
                                   std::pair("hidden_bias_movement", "movement of biases")}) {
    for (const bool is_standard : {false, true}) {
      const RowGroup rows = source.Trainings([&](const ResultRow& row) {
        const double rate =
            row.NumberOrZero("learning_rate") * (is_standard ? row.NumberOrZero("hidden") : 1);
        return Task(row) == "harmonic3" && row.where.IsUsual("parametrization") != is_standard &&
               row.where.IsUsual("weight_decay") && row.where.IsUsual("weights_format") &&
               std::abs(rate / kRates[is_standard ? 1 : 0] - 1) < 1e-6 &&
               row.NumberOrZero("hidden") != 1333;
      });
      std::vector<std::string> strategies = HeadlineStrategies();
      std::erase_if(strategies, [](const std::string& name) {
        return name == "grouped=64" || name == "shared";  // of two widths
      });
      Panel panel{.kind = PanelKind::kLines,
                  .title = is_standard ? "standard" : "mean-field",
                  .x_label = "hidden nodes",
                  .y_label = label,
                  .has_log_x = true,
                  .has_log_y = true,
                  .series = SeriesBy(rows, "hidden", key, strategies),
                  .lanes = {}};
      // Values that never move have no place on a logarithmic axis.
      std::erase_if(panel.series, [](const Series& series) {
        return std::ranges::all_of(series.points, [](const Point& point) { return point.y <= 0; });
      });
      if (!panel.series.empty()) figure.panels.push_back(std::move(panel));
    }
  }
  if (figure.panels.size() < 4) return {};
  return {figure};
}

}  // namespace biasbench::report
