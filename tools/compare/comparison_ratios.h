// Ratios of times between rows of one run.
#pragma once

#include <string>
#include <vector>

#include "compare/comparison.h"

namespace biasbench::tools {

// A row of `time_ratio` for each name of throughput and peers that shares its setting (everything
// in the name from "/inputs:" on) with other names that both sides have: its median time over the
// geometric mean of the others' medians. In peers' rows it is our schedules against the libraries.
// Worse beyond `options.ratio_bound`; few repetitions are enough.
std::vector<ComparedRow> CompareTimeRatios(const ComparableResults& a, const ComparableResults& b,
                                           const ComparisonOptions& options, bool is_other_machine);

}  // namespace biasbench::tools
