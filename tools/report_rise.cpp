#include "report_rise.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "report_groups.h"
#include "report_numbers.h"
#include "report_seeds.h"
#include "report_sentence.h"
#include "report_signs.h"

namespace biasbench::report {
namespace {

// kBeyondAll where the loss stays below its start; nothing of rows without a curve.
BySeed RiseEpochs(const Group& group, const std::vector<CurvePoint>& curves) {
  BySeed epochs;
  for (const Row* row : group) {
    const auto first = std::ranges::find(curves, row->name, &CurvePoint::name);
    if (first == curves.end()) continue;
    const auto rise = std::find_if(first, curves.end(), [&](const CurvePoint& point) {
      return point.name == row->name && !(point.train_loss <= first->train_loss);
    });
    epochs[row->NumberOrZero("seed")] =
        rise == curves.end() ? kBeyondAll : static_cast<double>(rise->epoch);
  }
  return epochs;
}

Spread SpreadOfEpochs(const BySeed& epochs) {
  std::vector<double> values;
  for (const auto& [seed, epoch] : epochs) {
    values.push_back(epoch == kBeyondAll ? HUGE_VAL : epoch);
  }
  return SpreadOfValues(std::move(values));
}

std::string DescribeEpoch(const Spread& spread) {
  const auto text = [](double epoch) {
    return std::isinf(epoch) ? std::string("never") : Integer(epoch);
  };
  if (spread.min == spread.max) return text(spread.median);
  return fmt::format("{} [{}–{}]", text(spread.median), text(spread.min), text(spread.max));
}

// ", later by +4.00 [+4.00, +5.00]": than `learned` with the same sign; "" where that, or the delay
// in some seed, is unknown.
std::string DescribeDelay(const Group& group, const SignExperiment& experiment,
                          const std::vector<CurvePoint>& curves) {
  const Row& row = *group.front();
  if (row.strategy == kLearned) return "";
  const auto learned = std::ranges::find_if(experiment.wrong.groups, [&](const Group& any) {
    return any.front()->strategy == kLearned &&
           any.front()->where.Text("bias_sign") == row.where.Text("bias_sign");
  });
  if (learned == experiment.wrong.groups.end()) return "";
  const auto delay = Summarize(Less(RiseEpochs(group, curves), RiseEpochs(*learned, curves)));
  if (!delay || !std::isfinite(delay->interval.low) || !std::isfinite(delay->interval.high)) {
    return "";
  }
  return ", later by " + Describe(*delay);
}

std::string DescribeExperiment(const SignExperiment& experiment,
                               const std::vector<CurvePoint>& curves) {
  std::vector<std::string> parts;
  bool rises = false;
  for (const Group& group : experiment.wrong.groups) {
    const BySeed epochs = RiseEpochs(group, curves);
    if (epochs.empty()) continue;
    const Spread spread = SpreadOfEpochs(epochs);
    rises |= std::isfinite(spread.median);
    parts.push_back(fmt::format("{} {}{}", Code(group.front()->label), DescribeEpoch(spread),
                                DescribeDelay(group, experiment, curves)));
  }
  if (!rises) return "";
  return fmt::format("{}: {}", TaskAndSetting(*experiment.wrong.groups.front().front()),
                     fmt::join(parts, "; "));
}

}  // namespace

std::string DescribeRise(const ResultFile& convergence, const std::vector<CurvePoint>& curves) {
  std::vector<std::string> parts;
  for (const SignExperiment& experiment : SignExperiments(convergence)) {
    std::string part = DescribeExperiment(experiment, curves);
    if (!part.empty()) parts.push_back(std::move(part));
  }
  return LeadAndPoints(
      "The epoch in which, with a wrong sign, the training loss first exceeds its start (median "
      "[min–max]; later than under `learned` seed by seed, with 95 % interval)",
      parts, "under no wrong sign did the training loss rise");
}

}  // namespace biasbench::report
