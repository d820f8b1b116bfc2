// A straight line through measurements that span orders of magnitude.
#pragma once

#include <optional>
#include <span>

#include "record/statistics.h"

namespace biasbench::record {

struct Point {
  double x = 0;
  double y = 0;
};

struct LineFit {
  double intercept = 0;
  double slope = 0;
  // The 95 % interval of the slope, by Student's t over the points' deviations; nullopt with two
  // points, through which a line goes exactly.
  std::optional<Interval> slope_interval = {};
  Point farthest = {};  // the point whose |Deviation| is the largest

  double At(double x) const { return intercept + slope * x; }
  // A point's height above the line, as a share of its y.
  double Deviation(const Point& point) const { return (point.y - At(point.x)) / point.y; }
};

// y = intercept + slope · x by least squares of the relative deviations, so that every order of
// magnitude counts alike. Throws std::invalid_argument unless all x are finite and two differ, and
// all y are finite and positive.
LineFit FitLine(std::span<const Point> points);

}  // namespace biasbench::record
