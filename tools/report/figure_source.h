// The source of figures: rows by file, and the strategies and settings that several figures share.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "report/figure.h"
#include "report/results.h"
#include "report/rows.h"
#include "report/studies.h"

namespace biasbench::report {

struct Source {
  const Results& results;
  const std::vector<Finding>& findings;

  RowGroup Trainings(const RowFilter& filter) const {
    return results.convergence ? RowsOf(results.convergence->rows, filter) : RowGroup();
  }
  RowGroup Footprints(const RowFilter& filter) const {
    return results.footprint ? RowsOf(results.footprint->rows, filter) : RowGroup();
  }
  RowGroup Throughputs(const RowFilter& filter) const {
    return results.throughput ? RowsOf(results.throughput->rows, filter) : RowGroup();
  }
};

using Figures = std::vector<Figure>;

Point PointAt(double x, const Summary& summary);

// The strategies of the six contrasts, each once, baselines first where they first appear.
std::vector<std::string> HeadlineStrategies();

// The rows of all strategies in the setting that a task's headline is read from, by strategy; empty
// where there is no contrast.
std::map<std::string, RowGroup> HeadlineGroups(const Source& source, const std::string& task);

// A file's name: letters, digits and _ only.
std::string NameFor(std::string_view kind, std::string_view task);

// Running loss by epoch: median and interval over seeds; where one has ended, it had diverged.
Series CurveOf(const RowGroup& group, const CurvesByName& curves, std::string label, Style style);
Panel CurvePanel(std::string title);

// A line for each strategy by a number of the setting.
std::vector<Series> SeriesBy(const RowGroup& rows, std::string_view axis, const std::string& key,
                             const std::vector<std::string>& strategies);

}  // namespace biasbench::report
