// The list of figures, and how each is made of rows and contrasts.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "report/figure.h"
#include "report/results.h"
#include "report/studies.h"

namespace biasbench::report {

// The figures that the results have rows for, in the list's order.
std::vector<Figure> MakeFigures(const Results& results, const std::vector<Finding>& findings);

// A drawing of the schedules' way through memory: what they keep, and how weights cross the bus.
Figure DrawSchedules();

}  // namespace biasbench::report
