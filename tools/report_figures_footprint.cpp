// Figures of bytes.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <set>

#include "report_figures.h"
#include "report_numbers.h"

namespace biasbench::report {
namespace {

// What is drawn in one colour: one or more categories of the ledger.
struct Part {
  std::string_view title;
  std::string_view colour;
  std::array<std::string_view, 5> keys;
};

constexpr Part kAll[] = {
    {"hidden weights", colour::kBlue, {"hidden_weights_bytes"}},
    {"output weights", colour::kSky, {"output_weights_bytes"}},
    {"weight gradient", colour::kGreen, {"weight_gradient_bytes"}},
    {"weights' optimizer state", colour::kYellow, {"weight_optimizer_state_bytes"}},
    {"activations", colour::kOrange, {"activations_bytes"}},
    {"deltas", colour::kPurple, {"deltas_bytes"}},
    {"workspace, padding", colour::kGrey, {"workspace_bytes", "padding_bytes"}},
    {"all of the biases",
     colour::kVermillion,
     {"hidden_bias_bytes", "output_bias_bytes", "bias_gradient_bytes", "bias_reduction_bytes",
      "bias_optimizer_state_bytes"}},
};
constexpr Part kBiases[] = {
    {"bias values", colour::kVermillion, {"hidden_bias_bytes", "output_bias_bytes"}},
    {"bias gradient", "#F0A070", {"bias_gradient_bytes", "bias_reduction_bytes"}},
    {"biases' optimizer state", "#F8D8C4", {"bias_optimizer_state_bytes"}},
};

double BytesOf(const Row& row, const Part& part) {
  double bytes = 0;
  for (const std::string_view key : part.keys) bytes += row.NumberOrZero(key);
  return bytes;
}

double SumOf(const Row& row, std::span<const Part> parts) {
  double bytes = 0;
  for (const Part& part : parts) bytes += BytesOf(row, part);
  return bytes;
}

struct Bar {
  const Row* row;
  double y;
};

// Stacked bars and their totals as data files, and the plot command.
void AddPanel(Plot& plot, std::string_view panel, std::span<const Part> parts,
              const std::vector<Bar>& bars) {
  double largest = 0;
  for (const Bar& bar : bars) largest = std::max(largest, SumOf(*bar.row, parts));
  const ByteUnit unit = UnitFor(largest);
  std::string commands;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::string file = fmt::format("{}{}.tsv", panel, i);
    std::string& data = plot.data_files[file];
    for (const auto& [row, y] : bars) {
      const double start = SumOf(*row, parts.first(i)) / unit.bytes;
      const double end = start + BytesOf(*row, parts[i]) / unit.bytes;
      data += fmt::format("{}\t{}\t{}\t{}\t{}\t{}\n", start, y, start, end, y - 0.4, y + 0.4);
    }
    commands +=
        fmt::format("{} using 1:2:3:4:5:6 with boxxyerror fs solid noborder lc '{}' title {}, ",
                    Quote(file), parts[i].colour, Quote(parts[i].title));
  }
  const std::string totals = fmt::format("{}_totals.tsv", panel);
  for (const auto& [row, y] : bars) {
    const double total = SumOf(*row, parts);
    plot.data_files[totals] += fmt::format("{}\t{}\t{}\n", total / unit.bytes, y, Bytes(total));
  }
  plot.script += fmt::format(
      "set xlabel '{}'\n{}plot {}{} using 1:2:3 with labels left offset 0.5,0 font ',12' notitle\n",
      unit.name, AxisFromZero(largest > 0 ? largest / unit.bytes * 1.45 : 1), commands,
      Quote(totals));
}

// The headline strategies at the largest shape.
std::vector<Group> HeadlineGroups(const ResultFile& footprint) {
  std::vector<Group> groups = GroupRows(footprint.rows, [](const Row& row) {
    return IsHeadline(row) && row.IsOk() && row.Number("tracked_peak_bytes");
  });
  if (groups.empty()) return groups;
  std::vector<const Row*> rows;
  for (const Group& group : groups) rows.push_back(group.front());
  const Row& largest = LargestShape(rows);
  std::erase_if(groups, [&](const Group& group) { return !HasSameShape(*group.front(), largest); });
  return groups;
}

// Measured shares with one optimizer and format.
struct ShareSeries {
  std::string title;
  std::string data = {};
};

// All of them, and the extent of their shapes.
struct Shares {
  std::map<std::vector<std::string>, ShareSeries> series;  // by optimizer and formats
  std::set<double> outputs;
  std::set<double> inputs;
};

Shares CollectShares(const ResultFile& footprint) {
  Shares shares;
  for (const Row& row : footprint.rows) {
    const double inputs = row.NumberOrZero("inputs");
    const double share = row.NumberOrZero("bias_share");
    if (row.strategy != kLearned || !row.IsOk() || share <= 0 || inputs <= 0) continue;
    const auto [series, is_new] = shares.series.try_emplace(
        row.where.PartsOf({"optimizer", "weights_format", "states_format"}),
        ShareSeries{row.OptimizerAndFormat()});
    series->second.data += fmt::format("{}\t{}\n", inputs, 100 * share);
    shares.outputs.insert(row.NumberOrZero("outputs"));
    shares.inputs.insert(inputs);
  }
  return shares;
}

// Clauses for the measured points: open symbols, so that points that coincide all stay visible.
std::string DrawPoints(Plot& plot, const Shares& shares) {
  constexpr std::string_view kColours[] = {colour::kBlue,       colour::kOrange, colour::kGreen,
                                           colour::kVermillion, colour::kPurple, colour::kSky};
  constexpr int kSymbols[std::size(kColours)] = {6, 4, 8, 10, 12, 14};
  std::string clauses;
  std::size_t index = 0;
  for (const auto& [key, series] : shares.series) {
    const std::string file = fmt::format("points{}.tsv", index);
    const std::size_t style = index % std::size(kColours);
    plot.data_files[file] = series.data;
    clauses += fmt::format("{} with points pt {} ps 1.2 lw 2 lc '{}' title {}, ", Quote(file),
                           kSymbols[style], kColours[style], Quote(series.title));
    ++index;
  }
  return clauses;
}

}  // namespace

std::optional<Plot> FootprintByCategory(const ResultFile& footprint) {
  const std::vector<Group> groups = HeadlineGroups(footprint);
  if (groups.empty()) return std::nullopt;
  std::vector<Bar> bars;
  Lanes lanes;
  for (const std::vector<Group>& part : PartBySetting(groups)) {
    const Row& first = *part.front().front();
    lanes.AddHeading(fmt::format("{}, {}", first.schedule, first.OptimizerAndFormat()));
    for (const Group& group : part) {
      bars.push_back({group.front(), lanes.Add(group.front()->strategy)});
    }
  }
  Plot plot{.name = "footprint_by_category",
            .title = "Peak memory by category",
            .caption = fmt::format("Bytes at the peak by category at {}. Right: the biases alone, "
                                   "on a scale of their own.",
                                   DescribeShape(*groups.front().front())),
            .height_px = 204 + static_cast<int>(21 * lanes.height())};
  const auto from_bottom = [&](double pixels) { return pixels / plot.height_px; };
  plot.script = fmt::format(
      "set multiplot\nunset grid\nset grid x lc '#dddddd'\nset tmargin at screen {}\n"
      "set bmargin at screen {}\nset lmargin at screen 0.36\nset rmargin at screen 0.66\n"
      "set key at screen 0.02,screen {} left top Left reverse vertical maxrows 4 font ',12'\n"
      "set title '{}'\n{}",
      1 - from_bottom(36), from_bottom(148), from_bottom(88), plot.title, lanes.Axis());
  AddPanel(plot, "all", kAll, bars);
  plot.script += fmt::format(
      "set lmargin at screen 0.70\nset rmargin at screen 0.98\n"
      "set key at screen 0.68,screen {} left top Left reverse vertical maxrows 4 font ',12'\n"
      "set title 'The biases alone'\n{}",
      from_bottom(88), lanes.Axis(/*with_labels=*/false));
  AddPanel(plot, "biases", kBiases, bars);
  plot.script += "unset multiplot\n";
  return plot;
}

std::optional<Plot> BiasShare(const ResultFile& footprint) {
  const Shares shares = CollectShares(footprint);
  if (shares.series.empty()) return std::nullopt;
  Plot plot{.name = "bias_share",
            .title = "How much of the memory is biases",
            .caption =
                "Points: the biases' share of the peak as measured for `learned`, with "
                "their gradient and optimizer state, one for each schedule and optimizer. Lines: "
                "the share of biases among the "
                "parameters, 1 / (inputs + outputs + 1). Stored activations and deltas "
                "lower it."};
  std::string lines;
  for (const double outputs : shares.outputs) {
    lines += fmt::format(
        "100.0/(x+{0}+1) with lines lw 1.5 lc '#444444' title "
        "'1 / (inputs + {0} + 1)', ",
        outputs);
  }
  plot.script = fmt::format(
      "set logscale xy\nset xrange [{}:{}]\nset xtics ({})\nset xlabel 'inputs'\nset samples 200\n"
      "set ylabel 'biases, % of the peak'\nset format y '%g'\nset bmargin 8\n"
      "set key at graph 0,-0.24 left top Left reverse vertical maxrows 3\nset title '{}'\n"
      "{}",
      *shares.inputs.begin() / 2, *shares.inputs.rbegin() * 2, fmt::join(shares.inputs, ", "),
      plot.title, PlotCommand(lines + DrawPoints(plot, shares)));
  return plot;
}

}  // namespace biasbench::report
