// The layout of a figure: its panels in rows and the legend below them, in pixels.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "report/figure.h"

namespace biasbench::report {

inline constexpr int kFigureWidthPx = 800;
inline constexpr double kCharacterPx = 7.6;  // the width of an average character

// The position of a panel's axes, in pixels from the picture's top left.
struct Box {
  double left;
  double right;
  double top;
  double bottom;
};

struct LegendEntry {
  std::string label;
  Style style;
  PanelKind kind;
};

class FigureLayout {
 public:
  explicit FigureLayout(const Figure& figure);  // which must outlive the layout

  double height_px() const { return height_px_; }
  Box BoxOf(std::size_t panel) const;
  bool IsLeftmost(std::size_t panel) const { return panel % columns_ == 0; }

  // Each label once, in the panels' order. A single one is not shown.
  const std::vector<LegendEntry>& legend() const { return legend_; }
  bool HasLegend() const { return legend_.size() > 1; }
  std::size_t legend_columns() const { return legend_columns_; }
  double legend_px() const { return legend_px_; }  // its height

 private:
  void AddToLegend(const Series& series, PanelKind kind);
  void LayOutLegend();
  double PlotPx() const;

  const Figure& figure_;
  std::vector<LegendEntry> legend_;
  std::size_t columns_ = 1;
  std::size_t rows_ = 1;
  std::size_t legend_columns_ = 1;
  double legend_px_ = 0;
  double height_px_ = 0;
};

}  // namespace biasbench::report
