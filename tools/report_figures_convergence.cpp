// The figure of losses by epoch.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <limits>

#include "report_curves.h"
#include "report_figures.h"
#include "report_numbers.h"
#include "report_strategies.h"

namespace biasbench::report {
namespace {

struct Range {
  double low = std::numeric_limits<double>::infinity();
  double high = 0;
};

// All medians that are finite, but nothing above ten times the first loss: that is divergence.
Range LossRange(const std::vector<Line>& lines) {
  Range range;
  double first = 0;
  for (const Line& line : lines) {
    first = std::max(first, line.epochs.begin()->second.median);
    for (const auto& [epoch, loss] : line.epochs) {
      if (loss.min > 0) range.low = std::min(range.low, loss.min);
      if (std::isfinite(loss.median)) range.high = std::max(range.high, loss.median);
    }
  }
  if (first > 0 && std::isfinite(first)) range.high = std::min(range.high, 10 * first);
  return {range.low / 1.3, range.high * 1.3};
}

// Titles of the panels: Kind says which strategies are in which.
constexpr std::string_view kTitles[] = {"Biases that are never updated", "Other ways to store them",
                                        "Other ways to update them", "Other starts; biases alone"};

// "plot" clauses for a line and its band; the data goes to a file of the plot.
std::string DrawLine(Plot& plot, const Line& line, double width, std::size_t index) {
  constexpr std::string_view kColours[] = {colour::kVermillion, colour::kBlue,   colour::kGreen,
                                           colour::kPurple,     colour::kOrange, colour::kSky,
                                           colour::kGrey};
  const bool is_learned = line.strategy == kLearned;
  const std::string_view colour =
      is_learned ? colour::kBlack : kColours[index % std::size(kColours)];
  const std::string file = fmt::format("line{}.tsv", plot.data_files.size());
  std::string& data = plot.data_files[file];
  bool has_band = false;
  for (const auto& [epoch, loss] : line.epochs) {
    if (!std::isfinite(loss.median)) break;
    data += fmt::format("{}\t{}\t{}\t{}\n", epoch, loss.median, loss.min,
                        std::min(loss.max, std::numeric_limits<float>::max() + 0.0));
    has_band |= loss.count > 1;
  }
  if (data.empty()) return "";
  const std::string band = fmt::format(
      "{} using 1:3:4 with filledcurves fs transparent solid 0.15 noborder lc '{}' notitle, ",
      Quote(file), colour);
  return fmt::format("{}{} using 1:2 with lines lw {} dt {} lc '{}' title {}, ",
                     has_band ? band : "", Quote(file), width, index < std::size(kColours) ? 1 : 2,
                     colour, Quote(line.strategy));
}

std::string FloorLine() {
  return fmt::format(
      "set arrow 1 from graph 0, first {0} to graph 1, first {0} nohead dt 3 lw 1.5 lc '#555555'\n"
      "set label 1 '{0}: the floor of ReLU without biases' at graph 0.99, first {0} right "
      "offset 0,0.5 font ',11' textcolor '#333333'\n",
      kHarmonic3Floor);
}

// "median and range over 3 to 8 seeds": not all strategies have as many.
std::string DescribeSeeds(const std::vector<Line>& lines) {
  std::vector<int> counts(lines.size());
  std::ranges::transform(lines, counts.begin(),
                         [](const Line& line) { return line.epochs.begin()->second.count; });
  const auto [fewest, most] = std::ranges::minmax(counts);
  if (most == 1) return "one seed";
  return fmt::format("median and range over {}{} seeds",
                     fewest == most ? "" : fmt::format("{} to ", fewest), most);
}

// Clauses for the strategies of one kind; empty if there are none.
std::string DrawKind(Plot& plot, const std::vector<Line>& lines, std::size_t kind) {
  std::string clauses;
  std::size_t index = 0;
  for (const Line& line : lines) {
    if (line.strategy == kLearned || static_cast<std::size_t>(KindOf(line.strategy)) != kind) {
      continue;
    }
    const bool is_headline = std::ranges::count(kHeadlines, line.strategy) > 0;
    clauses += DrawLine(plot, line, is_headline ? 3 : 1.8, index++);
  }
  return clauses;
}

struct CurvesPanel {
  std::string_view title;
  std::string clauses;
};

// A panel for each kind that was measured; `learned`, below the other lines, in all.
std::vector<CurvesPanel> DrawPanels(Plot& plot, const std::vector<Line>& lines) {
  const auto line = std::ranges::find(lines, kLearned, &Line::strategy);
  const std::string learned = line == lines.end() ? "" : DrawLine(plot, *line, 3, 0);
  std::vector<CurvesPanel> panels;
  for (std::size_t kind = 0; kind < std::size(kTitles); ++kind) {
    const std::string clauses = DrawKind(plot, lines, kind);
    if (!clauses.empty()) panels.push_back({kTitles[kind], learned + clauses});
  }
  if (panels.empty() && !learned.empty()) panels.push_back({kLearned, learned});
  return panels;
}

// Places the panels in a grid; sets the plot's height.
std::string LayOut(Plot& plot, const std::vector<CurvesPanel>& panels) {
  constexpr int kPanelPx = 420;
  const std::size_t columns = panels.size() == 1 ? 1 : 2;
  const std::size_t rows = (panels.size() + columns - 1) / columns;
  const double height = 1.0 / static_cast<double>(rows);
  const double width = 1.0 / static_cast<double>(columns);
  plot.height_px = static_cast<int>(rows) * kPanelPx;
  std::string script;
  for (std::size_t i = 0; i < panels.size(); ++i) {
    const std::size_t row = i / columns;
    const double left = static_cast<double>(i % columns) * width;
    const double top = 1 - static_cast<double>(row) * height;
    const auto below_top = [&](double pixels) { return top - pixels / plot.height_px; };
    script += fmt::format(
        "set lmargin at screen {}\nset rmargin at screen {}\nset tmargin at screen {}\n"
        "set bmargin at screen {}\nset key at screen {},screen {} left top Left reverse vertical "
        "maxrows 4 samplen 1.5 font ',12'\nset title {}\n{}",
        left + 0.1, left + width - 0.03, below_top(40), below_top(275), left + 0.02, below_top(330),
        Quote(panels[i].title), PlotCommand(panels[i].clauses));
  }
  return script;
}

}  // namespace

bool HasFloor(const Row& row) { return row.task == kHarmonic3 && row.where.IsUsual("activation"); }

std::string DescribeFloor(const Row& row) {
  if (!HasFloor(row)) return "";
  return fmt::format(" Dotted: {}, below which no ReLU network without biases gets.",
                     kHarmonic3Floor);
}

// The task's name comes from a file: what else it may hold has no place in a path.
std::string ConvergenceName(const Comparison& task) {
  std::string name = "convergence_" + task.task;
  std::ranges::replace_if(
      name, [](unsigned char c) { return !std::isalnum(c) && c != '_' && c != '-'; }, '_');
  return name;
}

std::optional<Plot> Convergence(const Comparison& task, const std::vector<CurvePoint>& curves) {
  const std::vector<Line> lines = MakeLines(task, curves);
  const Range range = LossRange(lines);
  if (!(range.low < range.high)) return std::nullopt;
  const Row& row = *task.groups.front().front();
  const bool has_floor = HasFloor(row) && range.low < kHarmonic3Floor;
  Plot plot{.name = ConvergenceName(task),
            .title = fmt::format("Training loss by epoch: {}", task.task),
            .caption = fmt::format(
                "Training loss by epoch on {}, {}; `learned` is black in every panel.{} {}.",
                Code(task.task), DescribeSeeds(lines), has_floor ? DescribeFloor(row) : "",
                DescribeSetting(row))};
  const std::vector<CurvesPanel> panels = DrawPanels(plot, lines);
  if (panels.empty()) return std::nullopt;
  plot.script = fmt::format(
      "set multiplot\nset logscale y\nset format y '%g'\nset yrange [{}:{}]\n"
      "set xlabel 'epoch'\nset ylabel 'training loss' offset 1.2,0\nset tics font ',12'\n{}{}"
      "unset multiplot\n",
      range.low, range.high, has_floor ? FloorLine() : "", LayOut(plot, panels));
  return plot;
}

}  // namespace biasbench::report
