// The tables of measured rows. A setting that is the same in all of a table's rows stands in its
// caption instead of a column; a column without any value is left out.
#pragma once

#include <string>
#include <vector>

#include "report/markdown.h"
#include "report/results.h"
#include "report/studies.h"

namespace biasbench::report {

// Every way in which the largest shape was measured, from the largest peak to the smallest.
Table LeversTable(const Results& results);
// The price of biases: bytes more than with fixed=1 in the same setting, by category.
Table BiasPriceTable(const record::ResultFile& footprint);
Table PhaseTable(const record::ResultFile& footprint);
Table FootprintTable(const record::ResultFile& footprint);
Table ThroughputTable(const record::ResultFile& throughput);
// Weights in bfloat16 against float32, all else equal.
Table FormatTable(const record::ResultFile& throughput);
// Speed by a number that alone differs: "omp_threads", "batch", "inputs" or "hidden".
Table SpeedTable(const record::ResultFile& throughput, std::string_view key, std::string_view noun);
// The cost of a hidden node in time and bytes.
Table NodeTable(const record::ResultFile& throughput);
Table PeersTable(const record::ResultFile& peers);
// All rows of one task.
Table ConvergenceTable(const record::ResultFile& convergence, const std::string& task);
Table StabilityTable(const record::ResultFile& stability);
Table ContrastTable(const Finding& finding);
// The best evidence for each of the six contrasts: a row for each, a column for each task.
Table HeadlineTable(const Finding& finding, const std::vector<std::string>& tasks);
// The strategies that any row names, with their summaries.
Table StrategyTable(const Results& results);

}  // namespace biasbench::report
