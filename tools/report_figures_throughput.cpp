// The figure of samples a second.
#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "record/statistics.h"
#include "report_figures.h"
#include "report_numbers.h"

namespace biasbench::report {
namespace {

constexpr std::size_t kMaxPanels = 4;

std::vector<double> RatesOf(const Group& group) {
  std::vector<double> rates;
  for (const Row* row : group) {
    const double rate = row->NumberOrZero("items_per_second");
    if (row->IsOk() && rate > 0) rates.push_back(rate);
  }
  return rates;
}

// Medians and quartiles of one shape, in rows under a heading for each schedule and optimizer.
struct ThroughputPanel {
  Lanes lanes;
  std::string data;
  std::string title;

  int height_px() const { return 110 + static_cast<int>(22 * lanes.height()); }
};

ThroughputPanel MakeThroughputPanel(std::vector<Group> groups, const Row& shape) {
  std::erase_if(groups, [&](const Group& group) { return !HasSameShape(*group.front(), shape); });
  ThroughputPanel panel{{}, {}, DescribeShape(shape)};
  for (const std::vector<Group>& part : PartBySetting(groups)) {
    const Row& first = *part.front().front();
    panel.lanes.AddHeading(fmt::format("{}, {}", first.schedule, first.OptimizerAndFormat()));
    for (const Group& group : part) {
      const std::vector<double> rates = RatesOf(group);
      const double median = record::Median(rates);
      panel.data += fmt::format(
          "{}\t{}\t{}\t{}\t{}\n", median, panel.lanes.Add(group.front()->strategy),
          record::Quantile(rates, 0.25), record::Quantile(rates, 0.75), ThreeDigits(median));
    }
  }
  return panel;
}

// A row for each shape, the largest first; a shape measured in one way alone has nothing to be
// compared with, and gives way to those measured in more.
std::vector<const Row*> LargestShapes(const std::vector<Group>& groups) {
  std::vector<const Row*> shapes;
  for (const Group& group : groups) {
    const auto is_same = [&](const Row* row) { return HasSameShape(*row, *group.front()); };
    if (std::ranges::none_of(shapes, is_same)) shapes.push_back(group.front());
  }
  const auto is_alone = [&](const Row* row) {
    return std::ranges::count_if(
               groups, [&](const Group& group) { return HasSameShape(*row, *group.front()); }) == 1;
  };
  if (!std::ranges::all_of(shapes, is_alone)) std::erase_if(shapes, is_alone);
  std::ranges::stable_sort(shapes,
                           [](const Row* a, const Row* b) { return HasSmallerShape(*b, *a); });
  shapes.resize(std::min(shapes.size(), kMaxPanels));
  return shapes;
}

}  // namespace

std::optional<Plot> Throughput(const ResultFile& throughput) {
  std::vector<Group> groups = GroupRows(throughput.rows, IsHeadline);
  std::erase_if(groups, [](const Group& group) { return RatesOf(group).empty(); });
  if (groups.empty()) return std::nullopt;
  Plot plot{.name = "throughput",
            .title = "Training throughput",
            .caption = "Samples a second in training: median and quartiles over repetitions.",
            .height_px = 0};
  std::vector<ThroughputPanel> panels;
  for (const Row* shape : LargestShapes(groups)) {
    panels.push_back(MakeThroughputPanel(groups, *shape));
    plot.height_px += panels.back().height_px();
  }
  plot.script =
      "set multiplot\nunset key\nunset grid\nset grid x lc '#dddddd'\nset xlabel 'samples / s'\n"
      "set lmargin at screen 0.36\nset rmargin at screen 0.94\nset xrange [0:*]\n";
  int top_px = plot.height_px;
  for (const ThroughputPanel& panel : panels) {
    const std::string file = fmt::format("panel{}.tsv", plot.data_files.size());
    plot.data_files[file] = panel.data;
    const int bottom_px = top_px - panel.height_px();
    plot.script += fmt::format(
        "set tmargin at screen {}\nset bmargin at screen {}\nset title {}\n{}"
        "plot {} using 1:2:3:4 with xerrorbars pt 7 ps 0.8 lw 2 lc '{}', "
        "'' using 4:2:5 with labels left offset 1,0 font ',12'\n",
        (top_px - 44.0) / plot.height_px, (bottom_px + 58.0) / plot.height_px, Quote(panel.title),
        panel.lanes.Axis(), Quote(file), colour::kBlue);
    top_px = bottom_px;
  }
  plot.script += "unset multiplot\n";
  return plot;
}

}  // namespace biasbench::report
