// The frontier at equal seconds: what each strategy reaches, at whichever width, in the time that
// `learned` takes.
#pragma once

#include <string>
#include <vector>

#include "report_document.h"
#include "report_rows.h"

namespace biasbench::report {

// Of the tasks as CompareByTask() sets them out; without rows where there are no curves.
Table SecondsTable(const ResultFile& convergence, const std::vector<CurvePoint>& curves);

std::string DescribeSeconds(const ResultFile& convergence, const std::vector<CurvePoint>& curves);

}  // namespace biasbench::report
