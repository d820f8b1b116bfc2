#include "report/panel_axes.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "report/figure_layout.h"

namespace biasbench::report {
namespace {

constexpr double kTickPx = 42;
constexpr double kLabelPx = 13;   // from one point's name to the next
constexpr double kNarrowLog = 4;  // most over least below which a logarithm shows nothing more

// The least and the most of what is shown; infinite, and the wrong way round, if nothing is.
std::pair<double, double> ExtentOf(const Panel& panel, bool along_x) {
  double least = std::numeric_limits<double>::infinity();
  double most = -least;
  const bool value_is_x = panel.kind != PanelKind::kLines;
  for (const Series& series : panel.series) {
    for (const Point& point : series.points) {
      const double at = along_x ? point.x : point.y;
      for (const double value :
           {at, along_x == value_is_x ? point.low : at, along_x == value_is_x ? point.high : at}) {
        const bool is_shown = !(along_x ? panel.has_log_x : panel.has_log_y) || value > 0;
        if (!std::isfinite(value) || !is_shown) continue;
        least = std::min(least, value);
        most = std::max(most, value);
      }
    }
  }
  for (const auto& [value, text] : panel.marks) {
    if (along_x != value_is_x) continue;
    least = std::min(least, value);
    most = std::max(most, value);
  }
  return {least, most};
}

// 1, 2 or 5 times a power of ten: so that an axis has at most so many steps.
double TickStep(double length, double most_steps) {
  const double power = std::pow(10, std::floor(std::log10(length / most_steps)));
  for (const double factor : {1, 2, 5}) {
    if (length / (factor * power) <= most_steps) return factor * power;
  }
  return 10 * power;
}

// All of 1, 2 and 5 times powers of ten.
std::vector<double> TicksBetween(double low, double high) {
  std::vector<double> ticks;
  const int last = static_cast<int>(std::floor(std::log10(high)));
  for (int exponent = static_cast<int>(std::floor(std::log10(low))); exponent <= last; ++exponent) {
    for (const double factor : {1, 2, 5}) {
      const double tick = factor * std::pow(10, exponent);
      if (tick >= low && tick <= high) ticks.push_back(tick);
    }
  }
  return ticks;
}

}  // namespace

double AxisScale::PxOf(double value) const {
  const auto at = [&](double v) { return is_log ? std::log(v) : v; };
  return length_px * (at(value) - at(low)) / (at(high) - at(low));
}

AxisScale ScaleOf(const Panel& panel, char axis, double length_px) {
  const bool along_x = axis == 'x';
  const auto [least, most] = ExtentOf(panel, along_x);
  AxisScale scale;
  scale.length_px = length_px;
  if (!(least <= most)) return scale;
  if ((along_x ? panel.has_log_x : panel.has_log_y) && most / least >= kNarrowLog) {
    const double room = std::pow(most / least, 0.06) * 1.03;
    scale.is_log = true;
    scale.low = least / room;
    scale.high = most * room;
    if (most / least < 50) scale.ticks = TicksBetween(scale.low, scale.high);
    return scale;
  }
  const bool from_zero = panel.kind == PanelKind::kBars || (least >= 0 && least < 0.4 * most);
  const double room = 0.05 * (most - (from_zero ? 0 : least));
  const double pad = room > 0 ? room : 0.5 * std::max(std::abs(most), 1e-3);
  scale.low = from_zero ? 0 : least - pad;
  scale.high = most + pad;
  scale.step = TickStep(scale.high - scale.low, std::max(2.0, length_px / kTickPx));
  if (panel.x_label == "epoch" && along_x) scale.step = std::max(scale.step, 1.0);
  return scale;
}

std::vector<PlacedLabel> PlaceLabels(std::vector<Label> labels, const AxisScale& across,
                                     const AxisScale& up) {
  std::ranges::sort(labels, {}, &Label::y);
  std::vector<std::pair<double, double>> taken;  // from the axes' low ends
  std::vector<PlacedLabel> placed;
  for (const Label& label : labels) {
    const double width = kCharacterPx * static_cast<double>(label.text.size());
    const double x_px = across.PxOf(label.x);
    double y_px = up.PxOf(label.y);
    for (const auto& [other_x, other_y] : taken) {
      const bool is_near = std::abs(other_x - x_px) < width;
      if (is_near) y_px = std::max(y_px, other_y + kLabelPx);
    }
    taken.emplace_back(x_px, y_px);
    placed.push_back(
        {label, x_px + width + 10 < across.length_px, (y_px - up.PxOf(label.y)) / up.length_px});
  }
  return placed;
}

}  // namespace biasbench::report
