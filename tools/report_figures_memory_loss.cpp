// The figure of memory against loss: rows aligned, since many strategies share their bytes and
// would hide each other in a scatter plot.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "report_figures.h"
#include "report_numbers.h"

namespace biasbench::report {
namespace {

struct Point {
  const Row* row;  // has tracked_peak_bytes
  Spread loss;
};

std::vector<Point> MakePoints(const Comparison& task) {
  std::vector<Point> points;
  for (const Group& group : task.groups) {
    const Spread loss = SpreadOf(group, "train_loss");
    const auto with_bytes = std::ranges::find_if(
        group, [](const Row* row) { return row->NumberOrZero("tracked_peak_bytes") > 0; });
    if (loss.count > 0 && with_bytes != group.end()) points.push_back({*with_bytes, loss});
  }
  std::ranges::stable_sort(points, {}, [](const Point& point) { return point.loss.median; });
  return points;
}

struct Extent {
  double least_loss = std::numeric_limits<double>::infinity();
  double most_loss = 0;
  double most_bytes = 0;

  // Where losses that are not finite are drawn.
  double edge() const { return most_loss * 8; }
};

Extent ExtentOf(const std::vector<Point>& points) {
  Extent extent;
  for (const auto& [row, loss] : points) {
    if (loss.min > 0) extent.least_loss = std::min(extent.least_loss, loss.min);
    if (std::isfinite(loss.median)) extent.most_loss = std::max(extent.most_loss, loss.median);
    extent.most_bytes = std::max(extent.most_bytes, row->NumberOrZero("tracked_peak_bytes"));
  }
  return extent;
}

void AddData(Plot& plot, Lanes& lanes, const Point& point, const Extent& extent) {
  const double y = lanes.Add(point.row->label);
  const Spread& loss = point.loss;
  if (std::isfinite(loss.median)) {
    plot.data_files["losses.tsv"] +=
        fmt::format("{}\t{}\t{}\t{}\n", std::max(loss.median, extent.least_loss), y,
                    std::max(loss.min, extent.least_loss), std::min(loss.max, extent.edge()));
  } else {
    plot.data_files["diverged.tsv"] += fmt::format("{}\t{}\tdiverged\n", extent.edge(), y);
  }
  const double unit_bytes = UnitFor(extent.most_bytes).bytes;
  const double total = point.row->NumberOrZero("tracked_peak_bytes") / unit_bytes;
  const double rest = total - point.row->NumberOrZero("bias_bytes") / unit_bytes;
  const auto box = [&](double start, double end) {
    return fmt::format("{}\t{}\t{}\t{}\t{}\t{}\n", start, y, start, end, y - 0.38, y + 0.38);
  };
  plot.data_files["rest.tsv"] += box(0, rest);
  plot.data_files["biases.tsv"] += box(rest, total);
  plot.data_files["totals.tsv"] += fmt::format("{}\t{}\t{}\n", total, y, ThreeDigits(total));
}

std::string FloorLine() {
  return fmt::format(
      "set arrow 1 from {0},graph 0 to {0},graph 1 nohead dt 3 lw 1.5 lc '#555555'\n"
      "set label 1 '{0}: the floor of ReLU without biases' at {0},graph 1 center offset 0,0.6 font "
      "',11' textcolor '#333333'\n",
      kHarmonic3Floor);
}

std::string LossPanel(const Plot& plot, const Lanes& lanes, const Extent& extent, bool has_floor) {
  std::string clauses;
  if (plot.data_files.contains("losses.tsv")) {
    clauses += fmt::format("'losses.tsv' using 1:2:3:4 with xerrorbars pt 7 ps 0.8 lw 2 lc '{}', ",
                           colour::kBlue);
  }
  if (plot.data_files.contains("diverged.tsv")) {
    clauses += fmt::format("'diverged.tsv' using 1:2:3 with labels right font ',12' textcolor '{}'",
                           colour::kVermillion);
  }
  return fmt::format(
      "set lmargin at screen 0.25\nset rmargin at screen 0.64\nunset key\n"
      "set title 'Final training loss' offset 0,0.8\nset xlabel 'training loss'\n"
      "set logscale x\nset format x '%g'\nset xrange [{}:{}]\n{}{}"
      "{}unset arrow 1\nunset label 1\nunset logscale x\n",
      extent.least_loss / 1.5, extent.edge() * 1.2, lanes.Axis(), has_floor ? FloorLine() : "",
      PlotCommand(clauses));
}

std::string MemoryPanel(const Plot& plot, const Lanes& lanes, const Extent& extent) {
  const ByteUnit unit = UnitFor(extent.most_bytes);
  return fmt::format(
      "set lmargin at screen 0.68\nset rmargin at screen 0.97\n"
      "set title 'Memory at the peak' offset 0,0.8\nset xlabel '{}'\n{}{}"
      "set key at screen 0.68,screen {} left top Left reverse horizontal font ',12'\n"
      "plot 'rest.tsv' using 1:2:3:4:5:6 with boxxyerror fs solid noborder lc '{}' title 'all "
      "else', 'biases.tsv' using 1:2:3:4:5:6 with boxxyerror fs solid noborder lc '{}' title "
      "'biases', 'totals.tsv' using 1:2:3 with labels left offset 0.5,0 font ',12' notitle\n",
      unit.name, AxisFromZero(extent.most_bytes / unit.bytes * 1.25),
      lanes.Axis(/*with_labels=*/false), 26.0 / plot.height_px, colour::kSky, colour::kVermillion);
}

}  // namespace

std::optional<Plot> MemoryVersusLoss(const std::vector<Comparison>& tasks) {
  const auto task = std::ranges::find(tasks, kHarmonic3, &Comparison::task);
  if (task == tasks.end()) return std::nullopt;
  const std::vector<Point> points = MakePoints(*task);
  const Extent extent = ExtentOf(points);
  if (!(extent.least_loss <= extent.most_loss)) return std::nullopt;
  const Row& row = *points.front().row;
  Plot plot{.name = "memory_vs_loss",
            .title = "Final training loss and memory",
            .caption = fmt::format(
                "Final training loss on {} (median and range over seeds, best first) beside the "
                "bytes at the peak, the biases' part (values, gradient, optimizer state) apart."
                "{} {}.",
                Code(task->task), DescribeFloor(row), DescribeSetting(row))};
  Lanes lanes;
  for (const Point& point : points) AddData(plot, lanes, point, extent);
  plot.height_px = 150 + static_cast<int>(22 * lanes.height());
  plot.script = fmt::format(
      "set multiplot\nunset grid\nset grid x lc '#dddddd'\nset tmargin at screen {}\n"
      "set bmargin at screen {}\n{}{}unset multiplot\n",
      1 - 60.0 / plot.height_px, 86.0 / plot.height_px,
      LossPanel(plot, lanes, extent, HasFloor(row)), MemoryPanel(plot, lanes, extent));
  return plot;
}

}  // namespace biasbench::report
