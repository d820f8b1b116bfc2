// The report's two pages in Markdown.
#pragma once

#include <string>

#include "report/sections.h"

namespace biasbench::report {

struct Pages {
  std::string report;  // report.md: the answer, and what one needs to judge it
  std::string rows;    // rows.md: all other figures and tables, and every row's command
};

// Each figure and each table stands on one of the pages; the report links to all of the other.
Pages MakePages(const Material& material);

}  // namespace biasbench::report
