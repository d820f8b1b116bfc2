// How time and memory grow with the network, the threads, the batch and the inputs.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "record/line_fit.h"
#include "report_document.h"
#include "report_plot.h"
#include "report_rows.h"
#include "report_sweeps.h"

namespace biasbench::report {

// Time (seconds a step: medians) and peak bytes against the hidden nodes, with the lines through
// them.
struct CostOfNodes {
  Sweep sweep;  // of two points at least
  record::LineFit seconds;
  record::LineFit bytes;
};

// Nothing if `learned` was not measured at two numbers of hidden nodes with all else alike.
std::optional<CostOfNodes> FindCostOfNodes(const ResultFile& throughput);

// What the rows say, as sentences.
std::string ScalingVerdict(const ResultFile& throughput);

// The cost of a node; the figure's points; speed by threads, by batch and by inputs. Those that
// were not measured are left out.
std::vector<Table> ScalingTables(const ResultFile& throughput);

// Time and bytes a step against the hidden nodes, both axes logarithmic.
std::optional<Plot> ScalingFigure(const ResultFile& throughput);

}  // namespace biasbench::report
