#include "report/figures.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "model/known_models.h"
#include "record/statistics.h"
#include "report/rows.h"

namespace biasbench::report {
namespace {

using record::AxisPair;
using record::Contrast;
using record::QuantityOf;

struct Source {
  const Results& results;
  const std::vector<Finding>& findings;

  RowGroup Trainings(const RowFilter& filter) const {
    return results.convergence ? RowsOf(results.convergence->rows, filter) : RowGroup();
  }
  RowGroup Footprints(const RowFilter& filter) const {
    return results.footprint ? RowsOf(results.footprint->rows, filter) : RowGroup();
  }
  RowGroup Throughputs(const RowFilter& filter) const {
    return results.throughput ? RowsOf(results.throughput->rows, filter) : RowGroup();
  }
};

using Figures = std::vector<Figure>;

Point PointAt(double x, const Summary& summary) {
  return {x, summary.median, summary.interval.low, summary.interval.high};
}

// The strategies of the six contrasts, each once, baselines first where they first appear.
std::vector<std::string> HeadlineStrategies() {
  std::vector<std::string> names;
  for (const AxisPair& pair : HeadlinePairs()) {
    for (const std::string& name : {pair.baseline, pair.value}) {
      if (std::ranges::count(names, name) == 0) names.push_back(name);
    }
  }
  return names;
}

// The rows of all strategies in the setting that a task's headline is read from, by strategy; empty
// where there is no contrast.
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

struct Category {
  std::string_view title;
  std::string_view colour;
  std::vector<std::string_view> keys;
};

const std::vector<Category>& Categories() {
  static const std::vector<Category> categories = {
      {"hidden weights", "#0072B2", {"hidden_weights_bytes"}},
      {"output weights", "#56B4E9", {"output_weights_bytes"}},
      {"weights' gradient", "#009E73", {"weight_gradient_bytes"}},
      {"weights' optimizer state", "#C0B020", {"weight_optimizer_state_bytes"}},
      {"activations", "#E69F00", {"activations_bytes"}},
      {"deltas", "#CC79A7", {"deltas_bytes"}},
      {"workspace, padding", "#888888", {"workspace_bytes", "padding_bytes"}},
      {"biases, with gradient and state", "#D55E00", {"bias_bytes", "bias_reduction_bytes"}},
  };
  return categories;
}

double BytesIn(const ResultRow& row, const Category& category) {
  double bytes = 0;
  for (const std::string_view key : category.keys) bytes += row.NumberOrZero(key);
  return bytes;
}

Figures MemoryByCategory(const Source& source) {
  RowGroup rows;
  for (const RowGroup& group : GroupRows(source.Footprints([](const ResultRow& row) {
         return row.IsOk() && Strategy(row) == kLearned && PeakBytes(row) > 0;
       }))) {
    rows.push_back(group.front());
  }
  if (rows.empty()) return {};
  const ResultRow& largest = LargestShape(rows);
  std::erase_if(rows, [&](const ResultRow* row) { return !HasSameShape(*row, largest); });
  std::ranges::stable_sort(rows, std::ranges::greater{},
                           [](const ResultRow* row) { return PeakBytes(*row); });
  Panel all{.kind = PanelKind::kBars,
            .title = "all memory at the peak",
            .x_label = "GiB",
            .y_label = "",
            .series = {},
            .lanes = {}};
  Panel biases{.kind = PanelKind::kBars,
               .title = "the biases alone",
               .x_label = "MiB",
               .y_label = "",
               .series = {},
               .lanes = {}};
  for (const Category& category : Categories()) {
    all.series.push_back({std::string(category.title), {category.colour, 1}, {}});
  }
  biases.series.push_back({all.series.back().label, all.series.back().style, {}});
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto y = static_cast<double>(i + 1);
    all.lanes.push_back(fmt::format("{}, {}", Schedule(*rows[i]), OptimizerAndFormats(*rows[i])));
    double sum = 0;
    for (std::size_t k = 0; k < Categories().size(); ++k) {
      const double bytes = BytesIn(*rows[i], Categories()[k]);
      if (bytes > 0) {
        all.series[k].points.push_back({sum / 0x1p30, y, sum / 0x1p30, (sum + bytes) / 0x1p30});
      }
      sum += bytes;
    }
    const double of_biases = BytesIn(*rows[i], Categories().back()) / 0x1p20;
    biases.series[0].points.push_back({0, y, 0, of_biases});
  }
  return {{.name = "footprint_by_category",
           .title = "Peak memory by category",
           .caption = fmt::format("Bytes at the peak under {}, by category, at {}.", Code(kLearned),
                                  DescribeShape(largest)),
           .panels = {all, biases},
           .has_shared_lanes = true}};
}

double WeightsOfABias(const ResultRow& row) {
  const double nodes = row.NumberOrZero("hidden");
  const double outputs = row.NumberOrZero("outputs");
  return nodes * (row.NumberOrZero("inputs") + outputs) / (nodes + outputs);
}

Figures BiasShare(const Source& source) {
  std::map<std::string, Series> by_way;
  for (const RowGroup& group : GroupRows(source.Footprints([](const ResultRow& row) {
         return row.IsOk() && Strategy(row) == kLearned && row.NumberOrZero("bias_share") > 0 &&
                row.NumberOrZero("batch") == 64;
       }))) {
    const ResultRow& row = *group.front();
    const std::string way = fmt::format("{}, {}", Schedule(row), OptimizerAndFormats(row));
    const double share = 100 * row.NumberOrZero("bias_share");
    by_way[way].points.push_back({WeightsOfABias(row), share, share, share});
  }
  Panel panel{.kind = PanelKind::kLines,
              .title = "",
              .x_label = "weights for each bias",
              .y_label = "biases, %",
              .has_log_x = true,
              .has_log_y = true,
              .series = {},
              .lanes = {}};
  for (auto& [way, series] : by_way) {
    std::ranges::sort(series.points, {}, &Point::x);
    if (series.points.size() < 2) continue;
    series.label = way;
    series.style = StyleAt(panel.series.size());
    panel.series.push_back(series);
  }
  if (panel.series.empty()) return {};
  for (const model::KnownModel& known : model::KnownModels()) {
    const double weights = static_cast<double>(known.weights) / static_cast<double>(known.biases);
    const double share = 100 * known.bias_share();
    panel.series.push_back({"", {}, {{weights, share, share, share}}});
    panel.labels.push_back({weights, share, std::string(known.name)});
  }
  return {{.name = "bias_share",
           .title = "How much of the memory is biases",
           .caption =
               "Lines: the biases' share of the peak under `learned`, with their gradient and "
               "optimizer state, by the weights that there are for each bias: 1,000,000 hidden "
               "nodes, batch 64; one output for 1 and 2 inputs, ten for 64 and 784. Points with "
               "names: linear layers' and convolutions' biases among the parameters of published "
               "models, counted from their shapes.",
           .panels = {panel}}};
}

Figures Schedules(const Source& source) {
  if (!source.results.footprint && !source.results.throughput) return {};
  return {DrawSchedules()};
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
    const Summary speed = Summarize(ValuesOf(group, "items_per_second"));
    if (speed.count == 0) continue;
    const std::string title = panel_of(row);
    auto panel = std::ranges::find(figure.panels, title, &Panel::title);
    if (panel == figure.panels.end()) {
      panel = figure.panels.insert(panel, {.kind = PanelKind::kLanes,
                                           .title = title,
                                           .x_label = "samples / s",
                                           .y_label = "",
                                           .series = {},
                                           .lanes = lanes});
    }
    const auto y = std::ranges::find(lanes, lane_of(row)) - lanes.begin() + 1;
    panel->series.push_back(
        {"",
         by_strategy ? StyleOf(Strategy(row)) : Style{},
         {{speed.median, static_cast<double>(y), speed.interval.low, speed.interval.high}}});
  }
  return figure;
}

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
           row.NumberOrZero("omp_threads") > 1 && Schedule(row) != "streaming";
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
    auto panel = std::ranges::find(figure.panels, title, &Panel::title);
    if (panel == figure.panels.end()) {
      panel = figure.panels.insert(panel, {.kind = PanelKind::kLanes,
                                           .title = title,
                                           .x_label = "samples / s",
                                           .y_label = "",
                                           .series = {},
                                           .lanes = lanes});
    }
    const Summary speed = Summarize(ValuesOf(group, "items_per_second"));
    const auto y = std::ranges::find(lanes, std::get<2>(key)) - lanes.begin() + 1;
    const bool is_ours = group.front()->NumberOrZero("is_ours") != 0;
    panel->series.push_back(
        {is_ours ? "ours" : "other libraries",
         is_ours ? StyleOf(kFixed) : StyleOf(kLearned),
         {{speed.median, static_cast<double>(y), speed.interval.low, speed.interval.high}}});
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

// Running loss by epoch: median and interval over seeds; where one has ended, it had diverged.
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

// A file's name: letters, digits and _ only.
std::string NameFor(std::string_view kind, std::string_view task) {
  std::string name = fmt::format("{}_{}", kind, task);
  std::ranges::replace_if(
      name, [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
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

// A line for each strategy by a number of the setting.
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
      // What never moves has no place on a logarithmic axis.
      std::erase_if(panel.series, [](const Series& series) {
        return std::ranges::all_of(series.points, [](const Point& point) { return point.y <= 0; });
      });
      if (!panel.series.empty()) figure.panels.push_back(std::move(panel));
    }
  }
  if (figure.panels.size() < 4) return {};
  return {figure};
}

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
         .title = "Update rules of biases with the right and the wrong sign",
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

}  // namespace

std::vector<Figure> MakeFigures(const Results& results, const std::vector<Finding>& findings) {
  constexpr Figures (*kFigures[])(const Source&) = {
      AnswerFigure, MemoryByCategory, BiasShare, Schedules,   Throughput, Peers, Scaling,
      Brightness,   Convergence,      Width,     WeightDecay, BiasSigns,  Faults};
  std::vector<Figure> figures;
  for (const auto make : kFigures) {
    std::ranges::move(make({results, findings}), std::back_inserter(figures));
  }
  return figures;
}

}  // namespace biasbench::report
