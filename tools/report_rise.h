// When the training loss rises above its start under a wrong sign, and whether scaling the updates
// down only delays that.
#pragma once

#include <string>
#include <vector>

#include "report_rows.h"

namespace biasbench::report {

// For each experiment with a turned sign (report_signs.h): the epoch in which each rule's loss
// first exceeds its initial one, and by how much later that is than under `learned`.
std::string DescribeRise(const ResultFile& convergence, const std::vector<CurvePoint>& curves);

}  // namespace biasbench::report
