#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include "report_groups.h"
#include "report_numbers.h"
#include "report_strategies.h"
#include "report_verdict.h"
#include "report_verdict_parts.h"

namespace biasbench::report {
namespace {

struct Quantity {
  std::string_view key;
  double worst;             // what stands for a row that has none
  std::string_view failed;  // what such rows are
};
constexpr Quantity kTrainLoss{"train_loss", HUGE_VAL, "diverged"};
constexpr Quantity kStableRate{"largest_stable_rate", 0, "unstable"};

bool HaveAllFailed(const Spread& spread, const Quantity& quantity) {
  return spread.count > 0 && spread.min == quantity.worst && spread.max == quantity.worst;
}

// How `other` compares with `baseline`, judged by their ranges over the seeds.
std::string CompareRanges(const Spread& other, const Spread& baseline, const Quantity& quantity) {
  if (other.count == 0) return "not measured";
  if (other.count == 1) return "not judged by a single seed";
  if (HaveAllFailed(other, quantity) && HaveAllFailed(baseline, quantity)) {
    return fmt::format("{} as well", quantity.failed);
  }
  if (other.min > baseline.max) return "higher in every seed";
  if (other.max < baseline.min) return "lower in every seed";
  return "no different within the seeds' spread";
}

Spread SpreadIn(const Comparison& task, std::string_view strategy, const Quantity& quantity) {
  const Group* group = task.Find(strategy);
  return group ? SpreadOf(*group, quantity.key, quantity.worst) : Spread{};
}

// ": both higher in every seed"; nothing where there are no two seeds of `learned` to judge by.
std::string JudgeHeadlines(const Comparison& task, const Quantity& quantity) {
  const Spread learned = SpreadIn(task, kLearned, quantity);
  if (learned.count < 2) return "";
  const bool all_failed = std::ranges::all_of(kHeadlines, [&](std::string_view strategy) {
    return HaveAllFailed(SpreadIn(task, strategy, quantity), quantity);
  });
  if (all_failed) return fmt::format(": all {}", quantity.failed);
  const std::string fixed = CompareRanges(SpreadIn(task, kFixed, quantity), learned, quantity);
  const std::string none = CompareRanges(SpreadIn(task, kNone, quantity), learned, quantity);
  if (fixed == none) return fmt::format(": both {}", fixed);
  return fmt::format(": {} {}, {} {}", Code(kFixed), fixed, Code(kNone), none);
}

// "`harmonic3`: 0.0014 [0.0013–0.0015], 0.022 [0.018–0.031] and 0.5 (1,000,000 hidden nodes, 60
// epochs, 3 seeds: both higher in every seed)", the headline strategies in their order.
std::string DescribeTask(const Comparison& task, const Quantity& quantity) {
  std::vector<std::string> values;
  int seeds = 0;
  for (const std::string_view strategy : kHeadlines) {
    const Spread spread = SpreadIn(task, strategy, quantity);
    seeds = std::max(seeds, spread.count);
    values.push_back(spread.count == 0 ? "not measured" : Describe(spread));
  }
  const Row& row = *task.groups.front().front();
  const auto epochs = static_cast<std::int64_t>(row.NumberOrZero("epochs"));
  return fmt::format("{}: {}, {} and {} ({} hidden nodes, {}, {}{})", Code(task.task), values[0],
                     values[1], values[2], Integer(row.NumberOrZero("hidden")),
                     Counted(epochs, "epoch"), Counted(seeds, "seed"),
                     JudgeHeadlines(task, quantity));
}

std::string ListOrNone(const std::vector<std::string>& names) {
  return names.empty() ? "nothing" : fmt::format("{}", fmt::join(names, ", "));
}

// Empty where no other rule was measured.
std::string DescribeRules(const Comparison& task) {
  const Spread learned = SpreadIn(task, kLearned, kTrainLoss);
  if (learned.count == 0) return fmt::format("on {} `learned` was not measured", Code(task.task));
  std::vector<std::string> lower;
  std::vector<std::string> higher;
  int count = 0;
  for (const Group& other : task.groups) {
    const Spread spread = SpreadOf(other, "train_loss");
    const std::string& strategy = other.front()->strategy;
    if (strategy == kLearned || KindOf(strategy) != Kind::kOtherUpdate || spread.count == 0) {
      continue;
    }
    ++count;
    const std::string part = fmt::format("{} {}", Code(strategy), Describe(spread));
    if (spread.max < learned.min) lower.push_back(part);
    if (spread.min > learned.max) higher.push_back(part);
  }
  if (count == 0) return "";
  const std::string qualifier = learned.count < 2 ? " (a single seed: no spread to judge by)" : "";
  return fmt::format("on {} ({}; {}) lower: {}, higher: {}{}", Code(task.task), Describe(learned),
                     Counted(count, "other rule"), ListOrNone(lower), ListOrNone(higher),
                     qualifier);
}

}  // namespace

std::string LossPaid(const std::optional<ResultFile>& convergence,
                     const std::optional<ResultFile>& stability) {
  if (!convergence) return "Unknown: convergence.json is missing.";
  std::vector<std::string> points;
  for (const Comparison& task : CompareByTask(*convergence)) {
    points.push_back(DescribeTask(task, kTrainLoss));
  }
  if (!points.empty() && stability) {
    for (const Comparison& task : CompareByTask(*stability)) {
      points.push_back("largest stable learning rate on " + DescribeTask(task, kStableRate));
    }
  }
  return LeadAndPoints("Final training loss with `learned`, `fixed=1` and `none`, median [min–max]",
                       points, "convergence.json has no rows");
}

std::string UpdateRules(const ResultFile& convergence) {
  std::vector<std::string> tasks;
  for (const Comparison& task : CompareByTask(convergence)) {
    if (std::string rules = DescribeRules(task); !rules.empty()) tasks.push_back(std::move(rules));
  }
  return LeadAndPoints("Against the plain step of `learned`, by final training loss in every seed",
                       tasks, "convergence.json has no rows of other rules");
}

}  // namespace biasbench::report
