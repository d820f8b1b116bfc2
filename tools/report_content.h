// What the report says, in which order.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "report_document.h"
#include "report_plot.h"
#include "report_rows.h"

namespace biasbench::report {

// Every figure that the rows allow.
std::vector<Plot> MakePlots(const Results& results);

// The whole report. `pictures` holds the SVG of each plot by name.
Document MakeDocument(const Results& results, const std::vector<Plot>& plots,
                      const std::map<std::string, std::string>& pictures);

}  // namespace biasbench::report
