// The frontier at equal memory: what the biases' bytes buy when they are spent on more nodes.
#pragma once

#include <string>

#include "report_document.h"
#include "report_rows.h"

namespace biasbench::report {

// What is left to say of the table: each such network less `learned`, seed by seed.
std::string DescribeFrontier(const ResultFile& convergence);

// Strategies that store no biases, at the width whose parameters take the bytes (within a
// hundredth) that `learned` takes with a narrower layer, beside it; all else is equal. Without rows
// where no such widths were trained.
Table FrontierTable(const ResultFile& convergence);

}  // namespace biasbench::report
