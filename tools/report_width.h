// Do biases matter less in wider networks, and do they move at all there?
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "report_document.h"
#include "report_groups.h"
#include "report_plot.h"
#include "report_rows.h"

namespace biasbench::report {

// A task's trainings that differ in strategy, seed and width alone. In the mean-field
// parametrization all have one learning rate; in the standard one it shrinks as 1 / width, since
// the largest stable one does.
struct WidthSweep {
  bool is_standard = false;
  std::map<double, Comparison> widths;  // by hidden nodes; at least three, with frozen_random
};

// They point into the file's rows.
std::vector<WidthSweep> WidthSweeps(const ResultFile& convergence);
std::vector<WidthSweep> WidthSweeps(ResultFile&& convergence) = delete;

// For each width: losses, how far the hidden layer moved, and what freezing the biases costs.
Table WidthTable(const WidthSweep& sweep);

// Loss and movement by width, both parametrizations; of the task with the most widths.
std::optional<Plot> WidthFigure(const ResultFile& convergence);

// What freezing costs at the least and the largest width, and how far biases move there.
std::string DescribeWidths(const ResultFile& convergence);

}  // namespace biasbench::report
