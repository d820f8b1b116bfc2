// The one writer of figures: gnuplot, run on a figure's script.
#pragma once

#include <stdexcept>
#include <string>

#include "report/figure.h"

namespace biasbench::report {

// gnuplot is not there, or refused a script.
class PlotError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The SVG, or a PlotError that names the figure and says what gnuplot said.
std::string Draw(const Figure& figure);

}  // namespace biasbench::report
