// Where memory goes as training begins, and what biases cost to the byte: the ledger by moment and
// by category.
#pragma once

#include <string>

#include "report_document.h"
#include "report_rows.h"

namespace biasbench::report {

// What `learned` has come to hold by the end of each phase, at the shape with the most weights, for
// every schedule and optimizer. Empty where no row says it.
Table PhaseTable(const ResultFile& footprint);

// What `learned` and `bias_unit` take more than `fixed=1` in the same setting, by category, for
// every shape. The parts are measured, and add up to the difference of the peaks.
Table BiasPriceTable(const ResultFile& footprint);

// The same in sentences, at the largest shape where it was measured; "" where it was not.
std::string BiasPriceText(const ResultFile& footprint);

}  // namespace biasbench::report
