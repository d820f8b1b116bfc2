// The tables of measured rows. A setting that is the same in all of a table's rows stands in its
// caption instead of a column; a column without any value is left out.
#pragma once

#include "report_document.h"
#include "report_groups.h"
#include "report_rows.h"

namespace biasbench::report {

Table FootprintTable(const ResultFile& footprint);

// Bytes at the peak by category, for the headline strategies.
Table CategoryTable(const ResultFile& footprint);

Table ThroughputTable(const ResultFile& throughput);

// All rows of one task.
Table ConvergenceTable(const ResultFile& convergence, const std::string& task);

// All rows of one task: what rate they survive and how they end at their own best one.
Table StabilityTable(const ResultFile& stability, const std::string& task);

// Training loss at a few epochs: what the figure shows, as numbers.
Table CurveTable(const Comparison& task, const std::vector<CurvePoint>& curves);

// What each strategy that any row names is there to answer.
Table StrategyTable(const Results& results);

}  // namespace biasbench::report
