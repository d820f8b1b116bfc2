#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <tuple>
#include <utility>

#include "report/figure_makers.h"

namespace biasbench::report {
namespace {

// The place of a group's speed among `lanes`, in the panel of that title, which is made if there is
// none.
void AddSpeed(Figure& figure, const std::string& title, const std::vector<std::string>& lanes,
              const std::string& lane, Series series, const RowGroup& group) {
  const Summary speed = Summarize(ValuesOf(group, "items_per_second"));
  if (speed.count == 0) return;
  auto panel = std::ranges::find(figure.panels, title, &Panel::title);
  if (panel == figure.panels.end()) {
    panel = figure.panels.insert(panel, {.kind = PanelKind::kLanes,
                                         .title = title,
                                         .x_label = "samples / s",
                                         .y_label = "",
                                         .series = {},
                                         .lanes = lanes});
  }
  const auto y = std::ranges::find(lanes, lane) - lanes.begin() + 1;
  series.points = {{speed.median, static_cast<double>(y), speed.interval.low, speed.interval.high}};
  panel->series.push_back(std::move(series));
}

// Speed in lanes, a panel for each value of `panel_of`; at least two lanes or panels.
Figure SpeedFigure(const RowGroup& rows,
                   const std::function<std::string(const ResultRow&)>& lane_of,
                   const std::function<std::string(const ResultRow&)>& panel_of, bool by_strategy) {
  Figure figure{.name = "", .title = "", .caption = "", .panels = {}, .has_shared_lanes = true};
  std::vector<std::string> lanes;
  for (const RowGroup& group : GroupRows(rows)) {
    const std::string lane = lane_of(*group.front());
    if (std::ranges::count(lanes, lane) == 0) lanes.push_back(lane);
  }
  for (const RowGroup& group : GroupRows(rows)) {
    const ResultRow& row = *group.front();
    AddSpeed(figure, panel_of(row), lanes, lane_of(row),
             {"", by_strategy ? StyleOf(Strategy(row)) : Style{}, {}}, group);
  }
  return figure;
}

}  // namespace

Figures Throughput(const Source& source) {
  Figures figures;
  const RowGroup learned = source.Throughputs([](const ResultRow& row) {
    return Strategy(row) == kLearned && row.NumberOrZero("inputs") == 784 &&
           row.NumberOrZero("batch") != 4 && row.NumberOrZero("batch") != 256;
  });
  Figure schedules = SpeedFigure(
      learned,
      [](const ResultRow& row) {
        return fmt::format("{}, {}", Schedule(row), OptimizerAndFormats(row));
      },
      [](const ResultRow& row) {
        return fmt::format("batch {}", Integer(row.NumberOrZero("batch")));
      },
      false);
  std::ranges::sort(schedules.panels, std::ranges::greater{}, [](const Panel& panel) {
    return std::pair(panel.title.size(), panel.title);  // the largest batch first
  });
  if (!schedules.panels.empty()) {
    schedules.name = "throughput";
    schedules.title = "Speed by schedule";
    schedules.caption = fmt::format(
        "Samples a second under `learned`, median and 95 % interval, at 784 inputs, {} hidden "
        "nodes, 10 outputs, {}.",
        Integer(learned.front()->NumberOrZero("hidden")),
        Counted(static_cast<std::int64_t>(learned.front()->NumberOrZero("omp_threads")), "thread"));
    figures.push_back(std::move(schedules));
  }
  const RowGroup strategies = source.Throughputs([](const ResultRow& row) {
    return row.NumberOrZero("inputs") == 64 && row.NumberOrZero("hidden") == 1e6 &&
           row.NumberOrZero("batch") == 64 && row.NumberOrZero("omp_threads") > 1 &&
           Schedule(row) != "streaming";
  });
  Figure by_strategy = SpeedFigure(strategies, Strategy, Schedule, true);
  if (!by_strategy.panels.empty()) {
    by_strategy.name = "throughput_by_strategy";
    by_strategy.title = "Speed by strategy";
    by_strategy.caption =
        fmt::format("Samples a second by strategy, median and 95 % interval, at {}.",
                    DescribeShape(*strategies.front()));
    figures.push_back(std::move(by_strategy));
  }
  return figures;
}

Figures Peers(const Source& source) {
  if (!source.results.peers) return {};
  const RowGroup rows = RowsOf(source.results.peers->rows, [](const ResultRow&) { return true; });
  std::map<std::tuple<double, double, std::string>, RowGroup> groups;
  std::vector<std::string> lanes;
  const auto lane_of = [](const ResultRow& row) {
    const std::string library = row.Text("library");
    return row.NumberOrZero("is_ours") != 0
               ? row.Text("peer") + " (ours)"
               : fmt::format("{}: {}", row.Text("peer"),
                             library.substr(0, library.find(' ', library.find(' ') + 1)));
  };
  for (const ResultRow* row : rows) {
    if (!row->IsOk()) continue;
    groups[{-row->NumberOrZero("inputs"), -row->NumberOrZero("batch"), lane_of(*row)}].push_back(
        row);
    if (std::ranges::count(lanes, lane_of(*row)) == 0) lanes.push_back(lane_of(*row));
  }
  if (groups.empty()) return {};
  std::ranges::stable_sort(lanes, {},
                           [](const std::string& lane) { return !lane.ends_with("(ours)"); });
  Figure figure{.name = "peers",
                .title = "Beside other libraries",
                .caption = "",
                .panels = {},
                .has_shared_lanes = true};
  for (const auto& [key, group] : groups) {
    const std::string title = fmt::format("{} in, batch {}", -std::get<0>(key), -std::get<1>(key));
    const bool is_ours = group.front()->NumberOrZero("is_ours") != 0;
    AddSpeed(figure, title, lanes, std::get<2>(key),
             {is_ours ? "ours" : "other libraries", StyleOf(is_ours ? kFixed : kLearned), {}},
             group);
  }
  figure.caption = fmt::format(
      "The same SGD step with each library, samples a second, median and 95 % interval: {} hidden "
      "nodes, 10 outputs, {}.",
      Integer(rows.front()->NumberOrZero("hidden")),
      Counted(static_cast<std::int64_t>(rows.front()->NumberOrZero("omp_threads")), "thread"));
  return {figure};
}

Figures Scaling(const Source& source) {
  std::map<double, RowGroup> by_hidden;
  for (const ResultRow* row : source.Throughputs([](const ResultRow& any) {
         return any.IsOk() && Strategy(any) == kLearned && any.NumberOrZero("inputs") == 64 &&
                Schedule(any) == "streaming" && any.NumberOrZero("omp_threads") > 1;
       })) {
    by_hidden[row->NumberOrZero("hidden")].push_back(row);
  }
  if (by_hidden.size() < 2) return {};
  const auto panel = [](const char* title, const char* y_label) {
    return Panel{.kind = PanelKind::kLines,
                 .title = title,
                 .x_label = "hidden nodes",
                 .y_label = y_label,
                 .has_log_x = true,
                 .has_log_y = true,
                 .series = {{"", {}, {}}},
                 .lanes = {}};
  };
  Panel time = panel("time of a step", "milliseconds");
  Panel memory = panel("memory at the peak", "MiB");
  for (const auto& [hidden, group] : by_hidden) {
    std::vector<double> milliseconds;
    for (const double rate : ValuesOf(group, "items_per_second")) {
      milliseconds.push_back(1e3 * group.front()->NumberOrZero("batch") / rate);
    }
    time.series[0].points.push_back(PointAt(hidden, Summarize(milliseconds)));
    const double mebibytes = PeakBytes(*group.front()) / 0x1p20;
    memory.series[0].points.push_back({hidden, mebibytes, mebibytes, mebibytes});
  }
  return {{.name = "scaling",
           .title = "Time and memory by hidden nodes",
           .caption = fmt::format(
               "`learned` under `streaming`, by hidden nodes: {}.",
               DescribeSetting(*by_hidden.begin()->second.front(), {"seed", "strategy", "hidden"})),
           .panels = {time, memory}}};
}

}  // namespace biasbench::report
