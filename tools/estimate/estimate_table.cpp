#include "estimate/estimate_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <string_view>
#include <utility>
#include <vector>

#include "memory/ledger.h"
#include "text/columns.h"

namespace biasbench::tools {
namespace {

using memory::Category;
using schedule::Configuration;
using text::Align;

constexpr std::size_t kColumns = 100;

// The columns that tell rows apart, from the one that varies slowest; figures come behind.
constexpr auto kLabels =
    std::to_array<std::string_view>({"weights/states", "optimizer", "schedule", "strategy"});
using Labels = std::array<std::string, kLabels.size()>;

constexpr auto kParts =
    std::to_array<std::string_view>({"weights", "gradients", "states", "batch", "biases", "rest"});
using Parts = std::array<std::int64_t, kParts.size()>;
constexpr std::size_t kFigureColumns = 7;  // "99999.9"

Labels LabelsOf(const Configuration& configuration) {
  const std::string schedule(Describe(configuration.schedule).name);
  return {
      fmt::format("{}/{}", NameOf(configuration.formats.weights),
                  NameOf(configuration.formats.states)),
      std::string(Describe(configuration.optimizer).name),
      configuration.takes_blocks() ? fmt::format("{}:{}", schedule, configuration.block) : schedule,
      configuration.strategy.Name()};
}

Parts PartsOf(const memory::CategoryBytes& bytes) {
  return {bytes[Category::kHiddenWeights] + bytes[Category::kOutputWeights],
          bytes[Category::kWeightGradient],
          bytes[Category::kWeightOptimizerState],
          bytes[Category::kActivations] + bytes[Category::kDeltas],
          bytes.BiasBytes(),
          bytes[Category::kWorkspace] + bytes[Category::kPadding]};
}

struct Unit {
  double bytes;
  std::string_view name;
};

// The smallest unit in which the largest peak has no more than five digits before the point.
Unit UnitOf(std::span<const Estimate> rows) {
  std::int64_t largest = 0;
  for (const Estimate& row : rows) largest = std::max(largest, row.footprint.peak_bytes());
  constexpr auto kUnits = std::to_array<Unit>(
      {{0x1p10, "KiB"}, {0x1p20, "MiB"}, {0x1p30, "GiB"}, {0x1p40, "TiB"}, {0x1p50, "PiB"}});
  const auto* const fits = std::ranges::find_if(kUnits, [&](const Unit& unit) {
    return static_cast<double>(largest) / unit.bytes < 99'999.9;
  });
  return fits == kUnits.end() ? kUnits.back() : *fits;
}

// The parts in tenths of the unit, rounded so that they add up to their rounded sum: those with the
// largest remainders are rounded up.
Parts Tenths(const Parts& bytes, const Unit& unit) {
  const double tenth = unit.bytes / 10;
  Parts tenths{};
  std::array<std::pair<double, std::size_t>, kParts.size()> remainders;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const double exact = static_cast<double>(bytes[i]) / tenth;
    tenths[i] = static_cast<std::int64_t>(exact);
    remainders[i] = {static_cast<double>(tenths[i]) - exact, i};
  }
  std::ranges::sort(remainders);
  const auto sum =
      static_cast<double>(std::accumulate(bytes.begin(), bytes.end(), std::int64_t{0}));
  std::int64_t missing =
      std::llround(sum / tenth) - std::accumulate(tenths.begin(), tenths.end(), std::int64_t{0});
  for (std::size_t i = 0; missing > 0; ++i, --missing) ++tenths[remainders[i].second];
  return tenths;
}

std::string Decimal(std::int64_t tenths) { return fmt::format("{}.{}", tenths / 10, tenths % 10); }

// The columns of figures: titles, or a row's.
std::vector<std::string> FigureTitles() {
  std::vector<std::string> titles(kParts.begin(), kParts.end());
  for (const char* const title : {"peak", "saving", "fits"}) titles.emplace_back(title);
  return titles;
}

std::vector<std::string> FiguresOf(const Estimate& row, const Unit& unit,
                                   std::int64_t available_bytes) {
  const std::int64_t peak = row.footprint.peak_bytes();
  const Parts tenths = Tenths(PartsOf(row.footprint.at_peak), unit);
  std::vector<std::string> figures;
  for (const std::int64_t part : tenths) figures.push_back(Decimal(part));
  figures.push_back(Decimal(std::accumulate(tenths.begin(), tenths.end(), std::int64_t{0})));
  const double saving = 1 - static_cast<double>(peak) / static_cast<double>(row.default_peak_bytes);
  figures.push_back(fmt::format("{:.1f} %", 100 * saving));
  figures.emplace_back(peak <= available_bytes ? "yes" : "no");
  return figures;
}

std::string FigureCells(const std::vector<std::string>& figures) {
  std::string cells;
  for (std::size_t i = 0; i < figures.size(); ++i) {
    const std::size_t title = FigureTitles()[i].size();
    const bool is_last = i + 1 == figures.size();
    const std::size_t width = is_last ? title : std::max(title, kFigureColumns);
    cells += " " + text::Padded(figures[i], width, Align::kRight);
  }
  return cells;
}

// The part that each label has in the table.
enum class Place { kHeading, kSubheading, kColumn };
using Places = std::array<Place, kLabels.size()>;
using Widths = std::array<std::size_t, kLabels.size()>;

Places PlacesOf(const std::vector<Labels>& labels, const Widths& widths) {
  Places places{};
  std::size_t used = FigureCells(FigureTitles()).size();
  for (std::size_t i = 0; i < kLabels.size(); ++i) {
    const bool is_shared =
        std::ranges::all_of(labels, [&](const Labels& row) { return row[i] == labels.front()[i]; });
    places[i] = is_shared ? Place::kHeading : Place::kColumn;
    if (!is_shared) used += widths[i] + 1;
  }
  for (std::size_t i = 0; i < kLabels.size() && used > kColumns + 1; ++i) {
    if (places[i] != Place::kColumn) continue;
    places[i] = Place::kSubheading;
    used -= widths[i] + 1;
  }
  return places;
}

std::vector<std::string> Those(const Labels& labels, const Places& places, Place place) {
  std::vector<std::string> those;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (places[i] == place) those.push_back(labels[i]);
  }
  return those;
}

std::string Heading(const Configuration& configuration, const std::vector<std::string>& shared,
                    const Unit& unit) {
  const schedule::Shape& shape = configuration.shape;
  std::vector<std::string> parts = {fmt::format("{} inputs", shape.inputs),
                                    fmt::format("{} hidden nodes", shape.hidden),
                                    fmt::format("{} outputs", shape.outputs),
                                    fmt::format("batch {}", shape.batch),
                                    fmt::format("{} threads", configuration.threads),
                                    std::string(NameOf(configuration.activation))};
  std::ranges::copy(shared, std::back_inserter(parts));
  parts.back() += fmt::format("; {}", unit.name);
  return text::Wrapped(parts, ", ", kColumns);
}

}  // namespace

std::string EstimateTable(std::span<const Estimate> rows, std::int64_t available_bytes) {
  std::vector<Labels> labels;
  Widths widths{};
  for (std::size_t i = 0; i < widths.size(); ++i) widths[i] = kLabels[i].size();
  for (const Estimate& row : rows) {
    labels.push_back(LabelsOf(row.configuration));
    for (std::size_t i = 0; i < widths.size(); ++i) {
      widths[i] = std::max(widths[i], labels.back()[i].size());
    }
  }
  const Places places = PlacesOf(labels, widths);
  const auto line = [&](const auto& label, const std::vector<std::string>& figures) {
    std::string cells;
    for (std::size_t i = 0; i < widths.size(); ++i) {
      if (places[i] != Place::kColumn) continue;
      cells += text::Padded(label[i], widths[i], Align::kLeft) + " ";
    }
    if (!cells.empty()) cells.pop_back();
    return cells + FigureCells(figures) + "\n";
  };
  const Unit unit = UnitOf(rows);
  std::string table =
      Heading(rows.front().configuration, Those(labels.front(), places, Place::kHeading), unit) +
      "\n\n" + line(kLabels, FigureTitles());
  std::vector<std::string> last;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::vector<std::string> subheading = Those(labels[i], places, Place::kSubheading);
    if (subheading != last) table += text::Wrapped(subheading, ", ", kColumns) + ":\n";
    last = subheading;
    table += line(labels[i], FiguresOf(rows[i], unit, available_bytes));
  }
  return table;
}

}  // namespace biasbench::tools
