// The gnuplot script that draws a figure, and its data.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "report/figure.h"

namespace biasbench::report {

// A string of gnuplot's in which nothing is substituted.
std::string Quote(std::string_view text);

struct Script {
  std::string text;
  std::map<std::string, std::string> data_files;  // by the name that the script calls them by
};
Script ScriptOf(const Figure& figure);

}  // namespace biasbench::report
