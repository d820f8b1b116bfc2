// The table that gradcheck prints: a row for every step.
#pragma once

#include <string_view>

#include "bias/strategies.h"
#include "checks/gradcheck_problem.h"
#include "reference/reference.h"

namespace biasbench::tools {

void PrintHeadings();

// Prints a row; true if nothing is at fault.
bool Report(const bias::Selection& strategy, std::string_view schedule, const Problem& problem,
            const reference::ReferenceGradients& expected,
            const reference::ReferenceGradients& taken, double tolerance);

}  // namespace biasbench::tools
