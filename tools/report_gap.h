// Does training the biases reduce overfitting? The gap between test and training loss, with and
// without.
#pragma once

#include <string>

#include "report_rows.h"

namespace biasbench::report {

// For each task, in the setting in which `learned` overfits the most: its gap, and what training
// the biases changes of it, against `none` and (from the same start) against `fixed=1`.
std::string DescribeGap(const ResultFile& convergence);

}  // namespace biasbench::report
