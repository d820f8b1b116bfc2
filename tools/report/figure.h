// A figure as data: panels of series. One writer draws all of them.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace biasbench::report {

struct Style {
  std::string_view colour = "#000000";
  int dash = 1;  // gnuplot's dash type
};

// The strategy's, the same in all figures. Strategies that are not in the table are dashed grey.
Style StyleOf(std::string_view strategy);
// For what is no strategy: by its place among its like.
Style StyleAt(std::size_t index);

struct Point {
  double x = 0;
  double y = 0;
  double low = 0;  // of the interval along the value's axis, or where a bar begins
  double high = 0;
};

struct Series {
  std::string label;
  Style style;
  std::vector<Point> points;
};

// A name beside a point.
struct Label {
  double x = 0;
  double y = 0;
  std::string text;
};

enum class PanelKind {
  kLines,  // y by x, with intervals
  kLanes,  // x, with intervals, in rows from top to bottom: y counts from 1
  kBars,   // from `low` to `high` in such rows
};

struct Panel {
  PanelKind kind = PanelKind::kLines;
  std::string title;
  std::string x_label;
  std::string y_label;
  bool has_log_x = false;
  bool has_log_y = false;
  std::vector<Series> series;
  std::vector<std::string> lanes;  // names of the rows; those that end with ":" are headings
  std::vector<std::string> row_texts = {};                 // beside the rows, one for each
  std::vector<std::pair<double, std::string>> ticks = {};  // along x, in place of numbers
  std::vector<std::pair<double, std::string>> marks = {};  // dotted, across the values' axis
  std::vector<Label> labels = {};                          // of lines' panels
};

struct Figure {
  std::string name;  // figures/<name>.svg
  std::string title;
  std::string caption;  // may hold `code`
  std::vector<Panel> panels;
  // The panels' rows are the first one's, named at the left of each row of panels.
  bool has_shared_lanes = false;
  std::string svg = {};  // drawn already
};

// The caption, and which curves lie on each other.
std::string CaptionOf(const Figure& figure);

}  // namespace biasbench::report
