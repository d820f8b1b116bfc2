#include "report/figure_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdint>
#include <utility>

#include "record/contrast.h"

namespace biasbench::report {

using record::AxisPair;
using record::Contrast;
using record::QuantityOf;

Point PointAt(double x, const Summary& summary) {
  return {x, summary.median, summary.interval.low, summary.interval.high};
}

std::vector<std::string> HeadlineStrategies() {
  std::vector<std::string> names;
  for (const AxisPair& pair : HeadlinePairs()) {
    for (const std::string& name : {pair.baseline, pair.value}) {
      if (std::ranges::count(names, name) == 0) names.push_back(name);
    }
  }
  return names;
}

std::map<std::string, RowGroup> HeadlineGroups(const Source& source, const std::string& task) {
  const Finding& losses = FindingOf(source.findings, "loss");
  const Contrast* headline = nullptr;
  for (const AxisPair& pair : HeadlinePairs()) {
    if (headline == nullptr) headline = Headline(losses, task, pair);
  }
  if (headline == nullptr) return {};
  const std::string setting = headline->rows.front()->where.Name({"seed", "strategy"});
  std::map<std::string, RowGroup> groups;
  for (const ResultRow* row : source.Trainings([&](const ResultRow& any) {
         return any.where.Name({"seed", "strategy"}) == setting;
       })) {
    groups[Strategy(*row)].push_back(row);
  }
  return groups;
}

std::string NameFor(std::string_view kind, std::string_view task) {
  std::string name = fmt::format("{}_{}", kind, task);
  std::ranges::replace_if(
      name, [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}

Series CurveOf(const RowGroup& group, const CurvesByName& curves, std::string label, Style style) {
  std::map<std::int64_t, std::vector<double>> epochs;
  std::size_t seeds = 0;
  for (const ResultRow* row : group) {
    const auto curve = curves.find(row->name);
    if (curve == curves.end()) continue;
    ++seeds;
    for (const CurvePoint* point : curve->second) epochs[point->epoch].push_back(point->train_loss);
  }
  Series series{std::move(label), style, {}};
  for (auto& [epoch, losses] : epochs) {
    losses.resize(std::max(losses.size(), seeds), HUGE_VAL);
    series.points.push_back(PointAt(static_cast<double>(epoch), Summarize(losses)));
  }
  return series;
}

Panel CurvePanel(std::string title) {
  return {.kind = PanelKind::kLines,
          .title = std::move(title),
          .x_label = "epoch",
          .y_label = "running training loss",
          .has_log_y = true,
          .series = {},
          .lanes = {}};
}

std::vector<Series> SeriesBy(const RowGroup& rows, std::string_view axis, const std::string& key,
                             const std::vector<std::string>& strategies) {
  std::vector<Series> lines;
  for (const std::string& strategy : strategies) {
    std::map<double, RowGroup> by_value;
    for (const ResultRow* row : rows) {
      if (Strategy(*row) == strategy) by_value[row->NumberOrZero(axis)].push_back(row);
    }
    Series series{strategy, StyleOf(strategy), {}};
    for (const auto& [value, group] : by_value) {
      const Summary summary = Summarize(group, QuantityOf(key));
      if (summary.count > 0) series.points.push_back(PointAt(value, summary));
    }
    if (series.points.size() > 1) lines.push_back(std::move(series));
  }
  return lines;
}

}  // namespace biasbench::report
