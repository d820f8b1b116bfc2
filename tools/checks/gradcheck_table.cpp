#include "checks/gradcheck_table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "checks/gradcheck_step.h"
#include "reference/gradient_check.h"
#include "schedule/memory_sum.h"

namespace biasbench::tools {

using reference::GradientGroup;
using reference::ReferenceGradients;
using reference::ReferenceNetwork;

namespace {

// A rounding to bfloat16 may be off by a unit in the last of 8 bits.
double ToleranceOf(const GradientGroup& group, const bias::Selection& strategy, double tolerance) {
  const bool is_rounded = strategy.entry_bytes() < schedule::kFloatBytes &&
                          group.values == &ReferenceNetwork::hidden_bias;
  return is_rounded ? std::max(tolerance, 0x1p-7) : tolerance;
}

}  // namespace

void PrintHeadings() {
  fmt::print("{:<20} {:<20} {:<14} {:>5} {:>14}  {}\n", "strategy", "schedule", "loss", "m",
             "relative error", "groups at fault");
}

bool Report(const bias::Selection& strategy, std::string_view schedule, const Problem& problem,
            const ReferenceGradients& expected, const ReferenceGradients& taken, double tolerance) {
  double worst = 0;
  std::vector<std::string_view> at_fault;
  for (const GradientGroup& group : reference::kGradientGroups) {
    const double error =
        reference::RelativeError(expected.*group.gradients, taken.*group.gradients);
    worst = std::max(worst, std::isnan(error) ? std::numeric_limits<double>::infinity() : error);
    if (!(error <= ToleranceOf(group, strategy, tolerance))) at_fault.push_back(group.name);
  }
  fmt::print("{:<20} {:<20} {:<14} {:>5.2g} {:>14.1e}  {}\n", strategy.Name(), schedule,
             problem.loss_name, MultiplierOf(strategy), worst,
             at_fault.empty() ? "ok" : fmt::format("FAULT  {}", fmt::join(at_fault, ",")));
  return at_fault.empty();
}

}  // namespace biasbench::tools
