// The axes of a panel: their ranges and ticks, and the places of names along them.
#pragma once

#include <vector>

#include "report/figure.h"

namespace biasbench::report {

// The range of an axis, with room at its ends, and as many ticks as fit.
struct AxisScale {
  double low = 0;
  double high = 1;
  double length_px = 0;
  bool is_log = false;
  double step = 0;                 // from tick to tick; 0 where gnuplot chooses, or `ticks` says
  std::vector<double> ticks = {};  // each of them, of short logarithmic axes

  // The position of a value, in pixels from the axis's low end.
  double PxOf(double value) const;
};
// `axis` is 'x' or 'y'. From 0 to 1 where the panel has no values.
AxisScale ScaleOf(const Panel& panel, char axis, double length_px);

struct PlacedLabel {
  Label label;
  bool is_right;  // of its point, else left
  double lift;    // above its point, as a share of the axis
};
// Names on the side of their points where there is room, moved up where they would overlap; from
// the lowest to the highest.
std::vector<PlacedLabel> PlaceLabels(std::vector<Label> labels, const AxisScale& across,
                                     const AxisScale& up);

}  // namespace biasbench::report
