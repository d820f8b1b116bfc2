#include "report_curves.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace biasbench::report {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// A line without epochs if the group has no curves.
Line MakeLine(const Group& group, const std::vector<CurvePoint>& curves, double CurvePoint::*loss) {
  std::map<std::int64_t, std::vector<double>> losses;
  for (const Row* row : group) {
    if (!row->IsOk() && row->status != "diverged") continue;
    for (const CurvePoint& point : curves) {
      if (point.name != row->name || std::isnan(point.*loss)) continue;
      losses[point.epoch].push_back(point.*loss);
    }
  }
  Line line{group.front()->strategy, {}};
  if (losses.empty()) return line;
  const std::size_t seeds = losses.begin()->second.size();
  for (auto& [epoch, values] : losses) {
    values.resize(std::max(seeds, values.size()), kInfinity);
    line.epochs[epoch] = SpreadOfValues(values);
  }
  return line;
}

}  // namespace

std::vector<Line> MakeLines(const Comparison& task, const std::vector<CurvePoint>& curves,
                            double CurvePoint::*loss) {
  std::vector<Line> lines;
  for (const Group& group : task.groups) {
    Line line = MakeLine(group, curves, loss);
    if (!line.epochs.empty()) lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace biasbench::report
