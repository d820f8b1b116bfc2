// The names of a run's rows, taken apart for a table: what all share is told once.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "setting/setting.h"

namespace biasbench::bench {

struct RowLabel {
  std::vector<std::string> values;  // "learned", "1000", "float32": one for each title
  std::vector<std::string> parts;   // "learned", "hidden:1000": as the row's name has them
};

struct RowLabels {
  std::vector<std::string> shared;       // parts that all names share: "footprint", "inputs:784"
  std::vector<std::string> titles;       // of the axes on which rows differ
  std::map<std::string, RowLabel> rows;  // by name
};

RowLabels LabelsOf(std::string_view program, std::span<const setting::Setting> rows);

}  // namespace biasbench::bench
