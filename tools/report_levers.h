// What saves memory, and what it takes in speed: every way in which the largest network was
// measured, in one table with the way the first question asks about.
#pragma once

#include "report_document.h"
#include "report_rows.h"

namespace biasbench::report {

// `learned` and `fixed=1` at the shape with the most weights, whatever the schedule, the optimizer,
// the weights' format, the batch and the threads; the largest peak first, which the others are
// compared with. Empty where only one way was measured.
Table LeversTable(const Results& results);

}  // namespace biasbench::report
