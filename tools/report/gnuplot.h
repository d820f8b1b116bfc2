// The one writer of figures: a gnuplot script and its data in, SVG out.
#pragma once

#include <map>
#include <stdexcept>
#include <string>
#include <string_view>

#include "report/figure.h"

namespace biasbench::report {

// gnuplot is not there, or refused a script.
class PlotError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// A string of gnuplot's in which nothing is substituted.
std::string Quote(std::string_view text);

struct Script {
  std::string text;
  std::map<std::string, std::string> data_files;  // by the name that the script calls them by
};
Script ScriptOf(const Figure& figure);

// The SVG, or a PlotError that names the figure and says what gnuplot said.
std::string Draw(const Figure& figure);

}  // namespace biasbench::report
