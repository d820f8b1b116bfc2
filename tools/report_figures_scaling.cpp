// The figure of time and memory against the number of hidden nodes.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string>
#include <vector>

#include "record/statistics.h"
#include "report_numbers.h"
#include "report_scaling.h"

namespace biasbench::report {
namespace {

struct ScalingPanel {
  std::string name;   // of its data file, and of its function
  std::string label;  // of the y axis
  const record::LineFit& fit;
  double unit;  // a label's unit in that of `fit`
};

// A panel's points are value, median, min and max.
std::string DrawPanel(const ScalingPanel& panel) {
  return fmt::format(
      "set ylabel {0}\n{1}(x) = {2:.17g} + {3:.17g} * x\n"
      "plot {1}(x) with lines lw 1.5 lc '{4}' title 'fitted line', "
      "'{1}.tsv' using 1:2:3:4 with yerrorbars pt 7 ps 0.9 lw 2 lc '{5}' title 'measured'\n",
      Quote(panel.label), panel.name, panel.fit.intercept / panel.unit,
      panel.fit.slope / panel.unit, colour::kOrange, colour::kBlue);
}

}  // namespace

std::optional<Plot> ScalingFigure(const ResultFile& throughput) {
  const std::optional<CostOfNodes> cost = FindCostOfNodes(throughput);
  if (!cost) return std::nullopt;
  constexpr double kMillisecond = 1e-3;
  constexpr double kMebibyte = 0x1p20;
  Plot plot{.name = "scaling",
            .title = "Time and memory of a training step by hidden nodes",
            .caption =
                "Median with min and max over the repetitions (time), bytes at the peak, "
                "and the lines of the table below; all axes are logarithmic.",
            .height_px = 640};
  std::vector<std::string> tics;
  for (const SweepPoint& point : cost->sweep) {
    const Spread seconds = SpreadOfValues(point.step_seconds());
    plot.data_files["seconds.tsv"] +=
        fmt::format("{:.6g}\t{:.6g}\t{:.6g}\t{:.6g}\n", point.value, seconds.median / kMillisecond,
                    seconds.min / kMillisecond, seconds.max / kMillisecond);
    const double mebibytes = point.front().PeakBytes() / kMebibyte;
    plot.data_files["bytes.tsv"] +=
        fmt::format("{0:.6g}\t{1:.6g}\t{1:.6g}\t{1:.6g}\n", point.value, mebibytes);
    tics.push_back(fmt::format("'{}' {}", Integer(point.value), point.value));
  }
  plot.script = fmt::format(
      "set multiplot layout 2,1\nset logscale xy\nset xrange [{}:{}]\nset xtics ({})\n"
      "set format y '%g'\nset samples 500\nset lmargin 12\nset rmargin 4\nset key left top Left "
      "reverse\nset title '{}'\n{}unset title\nset xlabel 'hidden nodes'\n{}unset multiplot\n",
      cost->sweep.front().value / 2, cost->sweep.back().value * 2, fmt::join(tics, ", "),
      plot.title, DrawPanel({"seconds", "step, ms", cost->seconds, kMillisecond}),
      DrawPanel({"bytes", "peak, MiB", cost->bytes, kMebibyte}));
  return plot;
}

}  // namespace biasbench::report
