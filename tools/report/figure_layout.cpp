#include "report/figure_layout.h"

#include <algorithm>

namespace biasbench::report {
namespace {

// A panel's height where it is not made of rows.
constexpr double kPanelPx = 300;
constexpr double kPanelAmongRowsPx = 220;  // of panels above others
constexpr double kLanePx = 22;
constexpr double kTitlePx = 34;  // of a panel: its title
constexpr double kXAxisPx = 58;  // its x axis and label
constexpr double kLegendRowPx = 20;

// The most panels in a row.
constexpr std::size_t kMostWithSharedLanes = 3;
constexpr std::size_t kMostAlone = 2;

std::size_t DivideUp(std::size_t number, std::size_t by) { return (number + by - 1) / by; }

// The room for the names at a panel's left.
double LabelsPx(const Panel& panel) {
  std::size_t longest = 0;
  for (const std::string& lane : panel.lanes) longest = std::max(longest, lane.size());
  return panel.lanes.empty() ? 88 : 14 + kCharacterPx * static_cast<double>(longest);
}

}  // namespace

FigureLayout::FigureLayout(const Figure& figure) : figure_(figure) {
  for (const Panel& panel : figure.panels) {
    for (const Series& series : panel.series) AddToLegend(series, panel.kind);
  }
  const std::size_t panels = std::max<std::size_t>(figure.panels.size(), 1);
  rows_ = DivideUp(panels, figure.has_shared_lanes ? kMostWithSharedLanes : kMostAlone);
  columns_ = DivideUp(panels, rows_);  // so that rows are about equally full
  if (HasLegend()) LayOutLegend();
  height_px_ = static_cast<double>(rows_) * (kTitlePx + PlotPx() + kXAxisPx) + legend_px_;
}

void FigureLayout::AddToLegend(const Series& series, PanelKind kind) {
  if (std::ranges::count(legend_, series.label, &LegendEntry::label) > 0 || series.label.empty())
    return;
  legend_.push_back({series.label, series.style, kind});
}

void FigureLayout::LayOutLegend() {
  std::size_t longest = 0;
  for (const LegendEntry& entry : legend_) longest = std::max(longest, entry.label.size());
  const double entry_px = 75 + 1.1 * kCharacterPx * static_cast<double>(longest);
  legend_columns_ =
      std::clamp<std::size_t>(static_cast<std::size_t>(kFigureWidthPx / entry_px), 1, 5);
  const std::size_t lines = DivideUp(legend_.size(), legend_columns_);
  legend_px_ = kLegendRowPx * static_cast<double>(lines) + 8;
}

double FigureLayout::PlotPx() const {
  std::size_t most = 0;
  for (const Panel& panel : figure_.panels) most = std::max(most, panel.lanes.size());
  if (most == 0) return rows_ > 1 ? kPanelAmongRowsPx : kPanelPx;
  return kLanePx * (static_cast<double>(most) + 0.6);
}

Box FigureLayout::BoxOf(std::size_t panel) const {
  const auto column = static_cast<double>(panel % columns_);
  const std::size_t row_index = panel / columns_;
  const auto row = static_cast<double>(row_index);
  const double top = row * (kTitlePx + PlotPx() + kXAxisPx) + kTitlePx;
  if (figure_.has_shared_lanes) {
    const double labels = LabelsPx(figure_.panels.front());
    const double each = (kFigureWidthPx - labels - 12) / static_cast<double>(columns_);
    const double left = labels + column * each;
    return {left, left + each - 18, top, top + PlotPx()};
  }
  const double each = kFigureWidthPx / static_cast<double>(columns_);
  return {column * each + LabelsPx(figure_.panels[panel]), (column + 1) * each - 20, top,
          top + PlotPx()};
}

}  // namespace biasbench::report
