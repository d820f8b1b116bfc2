// The report's content, in its order.
#pragma once

#include <string>
#include <vector>

#include "report/figure.h"
#include "report/results.h"
#include "report/studies.h"

namespace biasbench::report {

// The report's Markdown.
std::string MakeReport(const Results& results, const std::vector<Finding>& findings,
                       const std::vector<Figure>& figures);

}  // namespace biasbench::report
