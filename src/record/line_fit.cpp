#include "record/line_fit.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <stdexcept>

namespace biasbench::record {
namespace {

// The bound within which 95 % of Student's t lie, by degrees of freedom from 1 on; beyond ten the
// last, which is a little too wide.
double StudentT(std::size_t degrees_of_freedom) {
  constexpr double kQuantiles[] = {12.706, 4.303, 3.182, 2.776, 2.571,
                                   2.447,  2.365, 2.306, 2.262, 2.228};
  return kQuantiles[std::min(degrees_of_freedom, std::size(kQuantiles)) - 1];
}

void RequireLine(std::span<const Point> points) {
  const auto [first, last] = std::ranges::minmax_element(points, {}, &Point::x);
  const auto is_usable = [](const Point& point) {
    return std::isfinite(point.x) && std::isfinite(point.y) && point.y > 0;
  };
  if (!std::ranges::all_of(points, is_usable) || first == last || first->x == last->x) {
    throw std::invalid_argument("line fit: needs two x that differ, and finite y above 0");
  }
}

}  // namespace

LineFit FitLine(std::span<const Point> points) {
  RequireLine(points);
  double weight = 0;
  Point mean;
  for (const auto& [x, y] : points) {
    weight += 1 / (y * y);
    mean.x += x / (y * y);
    mean.y += 1 / y;
  }
  mean = {mean.x / weight, mean.y / weight};
  double xx = 0;
  double xy = 0;
  for (const auto& [x, y] : points) {
    xx += (x - mean.x) * (x - mean.x) / (y * y);
    xy += (x - mean.x) * (y - mean.y) / (y * y);
  }
  LineFit fit;
  fit.slope = xy / xx;
  fit.intercept = mean.y - fit.slope * mean.x;
  double squares = 0;
  for (const Point& point : points) squares += std::pow(fit.Deviation(point), 2);
  if (points.size() > 2) {
    const std::size_t degrees_of_freedom = points.size() - 2;
    const double half = StudentT(degrees_of_freedom) *
                        std::sqrt(squares / static_cast<double>(degrees_of_freedom) / xx);
    fit.slope_interval = {fit.slope - half, fit.slope + half};
  }
  fit.farthest = *std::ranges::max_element(
      points, {}, [&](const Point& point) { return std::abs(fit.Deviation(point)); });
  return fit;
}

}  // namespace biasbench::record
