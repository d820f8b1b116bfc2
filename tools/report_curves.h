// Losses by epoch, over seeds.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "report_groups.h"
#include "report_rows.h"

namespace biasbench::report {

// A strategy's loss: median, least and most over its seeds. A seed whose losses end
// before the first epoch's others' do has diverged: from there on it counts as infinite.
struct Line {
  std::string strategy;
  std::map<std::int64_t, Spread> epochs;  // never empty
};

// The strategies that have curves, in the task's order; of the training loss or the test loss.
std::vector<Line> MakeLines(const Comparison& task, const std::vector<CurvePoint>& curves,
                            double CurvePoint::*loss = &CurvePoint::train_loss);

}  // namespace biasbench::report
