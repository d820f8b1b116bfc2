#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "model/known_models.h"
#include "report/figure_makers.h"
#include "report/figures.h"
#include "report/palette.h"

namespace biasbench::report {
namespace {

struct Category {
  std::string_view title;
  std::string_view colour;
  std::vector<std::string_view> keys;
};

const std::vector<Category>& Categories() {
  static const std::vector<Category> categories = {
      {"hidden weights", kBlue, {"hidden_weights_bytes"}},
      {"output weights", kSky, {"output_weights_bytes"}},
      {"weights' gradient", kGreen, {"weight_gradient_bytes"}},
      {"weights' optimizer state", kPink, {"weight_optimizer_state_bytes"}},
      {"activations", kOrange, {"activations_bytes"}},
      {"deltas", kPurple, {"deltas_bytes"}},
      {"workspace, padding", kGrey, {"workspace_bytes", "padding_bytes"}},
      {"biases, with gradient and state", kRed, {"bias_bytes"}},
  };
  return categories;
}

double BytesIn(const ResultRow& row, const Category& category) {
  double bytes = 0;
  for (const std::string_view key : category.keys) bytes += row.NumberOrZero(key);
  return bytes;
}

double WeightsOfABias(const ResultRow& row) {
  const double nodes = row.NumberOrZero("hidden");
  const double outputs = row.NumberOrZero("outputs");
  return nodes * (row.NumberOrZero("inputs") + outputs) / (nodes + outputs);
}

}  // namespace

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

}  // namespace biasbench::report
