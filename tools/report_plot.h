// Figures drawn by gnuplot: scripts and plain data files in, SVG out.
#pragma once

#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace biasbench::report {

struct Plot {
  std::string name;  // of the picture, without ".svg"
  std::string title;
  std::string caption;                                 // may hold `code`
  int height_px = 500;                                 // kPlotWidthPx wide
  std::string script = {};                             // what follows the terminal's settings
  std::map<std::string, std::string> data_files = {};  // by the name that the script calls them by
};

inline constexpr int kPlotWidthPx = 800;

// Okabe and Ito's palette, which the colour-blind can tell apart.
namespace colour {
inline constexpr std::string_view kBlack = "#000000";
inline constexpr std::string_view kOrange = "#E69F00";
inline constexpr std::string_view kSky = "#56B4E9";
inline constexpr std::string_view kGreen = "#009E73";
inline constexpr std::string_view kYellow = "#F0E442";
inline constexpr std::string_view kBlue = "#0072B2";
inline constexpr std::string_view kVermillion = "#D55E00";
inline constexpr std::string_view kPurple = "#CC79A7";
inline constexpr std::string_view kGrey = "#999999";
}  // namespace colour

// gnuplot is not there, or refused a script.
class PlotError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// A string of gnuplot's in which nothing is substituted.
std::string Quote(std::string_view text);

// The command that draws clauses, each of which ends with a comma and a blank: the last one's go,
// since gnuplot 6 refuses them.
std::string PlotCommand(std::string_view clauses);

// A unit of bytes that suits values up to `max_bytes`.
struct ByteUnit {
  std::string_view name;
  double bytes;
};
ByteUnit UnitFor(double max_bytes);

// `set xrange` and `set xtics` from 0 to `end` with at most five steps of 1, 2 or 5 · 10^k: room
// for labels in a narrow panel.
std::string AxisFromZero(double end);

// Rows of a chart from top to bottom: names along the y axis, under headings, which are no rows but
// take the room of one.
class Lanes {
 public:
  void AddHeading(const std::string& text);
  // Returns the row's y.
  double Add(const std::string& label);

  // `set yrange` and `set ytics`; without labels where another panel bears them.
  std::string Axis(bool with_labels = true) const;
  double height() const { return y_; }  // in rows

 private:
  void Write(const std::string& text);

  std::string tics_;
  double y_ = 0;
};

// The SVG, or a PlotError that names the figure and says what gnuplot said.
std::string Render(const Plot& plot);

}  // namespace biasbench::report
