// The facts of a folder of results that README.md and the pages of results/ quote.
#pragma once

#include <vector>

#include "report/fill.h"
#include "report/markdown.h"
#include "report/results.h"
#include "report/studies.h"

namespace biasbench::report {

// "not measured" where the results lack it.
Facts MakeFacts(const Results& results, const std::vector<Finding>& findings);

// Tables of README.md alone: those of the report are longer. Without rows where nothing was
// measured.
//
// The bytes of biases and the final loss of training without them, on two tasks.
Table QuotedTasks(const Results& results, const std::vector<Finding>& findings);
// Peaks of the largest shape, and how fast it trains so.
Table QuotedPeaks(const Results& results);
// Samples a second by library and shape.
Table QuotedPeers(const Results& results);
// Published models' shares of biases.
Table QuotedModels();

}  // namespace biasbench::report
