// The report's sections: which figures and tables each holds, and on which page.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "report/figure.h"
#include "report/markdown.h"
#include "report/results.h"
#include "report/studies.h"

namespace biasbench::report {

enum class Page {
  kReport,  // report.md: the answer, and for each question one figure or one table
  kRows,    // rows.md, the appendix: everything else
};

// The material of the pages.
struct Material {
  const Results& results;
  const std::vector<Finding>& findings;
  const std::vector<Figure>& figures;
  // The path from the pages to the folder of results: "" if they are in it, else with a / at its
  // end.
  std::string_view folder = {};
};

// The figures of a kind: named so, or so and _ and more, but for those of entries before it.
struct FigureEntry {
  Page page;
  std::string_view kind;
};

struct TitledTable {
  std::string title;
  Table table;  // without rows where nothing was measured
};

// A table, or one for each task.
struct TableEntry {
  Page page;
  std::function<std::vector<TitledTable>(const Material&)> make;
};

// Figures and tables with a heading on each page that has any of them; sections of which the report
// has nothing are listed at its end.
struct Section {
  std::string_view title;
  std::vector<std::string_view> files = {};             // said to be missing or empty, where so
  void (*write)(Markdown&, const Material&) = nullptr;  // its sentences, in the report alone
  std::vector<FigureEntry> figures = {};
  std::vector<TableEntry> tables = {};
};

// In the pages' order.
const std::vector<Section>& Sections();

}  // namespace biasbench::report
