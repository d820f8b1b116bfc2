// Times of rows relative to each other.
#pragma once

#include <string>
#include <vector>

#include "compare/comparison.h"

namespace biasbench::tools {

// A row of `time_ratio` for each name of throughput and peers whose setting (all that stands in the
// name from "/inputs:" on) others share that both sides have: its median time over the geometric
// mean of the others' medians. Of peers' rows it is ours against theirs. Worse beyond
// `options.ratio_bound`; few repetitions are enough.
std::vector<ComparedRow> CompareTimeRatios(const ComparableResults& a, const ComparableResults& b,
                                           const ComparisonOptions& options, bool is_other_machine);

}  // namespace biasbench::tools
