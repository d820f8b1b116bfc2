#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "report_groups.h"
#include "report_numbers.h"
#include "report_strategies.h"
#include "report_verdict.h"
#include "report_verdict_parts.h"

namespace biasbench::report {
namespace {

// How `other` compares with `baseline`, judged by their ranges over the seeds.
std::string_view Judge(const Spread& other, const Spread& baseline) {
  if (other.count == 0 || baseline.count == 0) return "not measured";
  if (other.count == 1 || baseline.count == 1) return "not to be judged by a single seed";
  if (other.min > baseline.max) return "higher in every seed";
  if (other.max < baseline.min) return "lower in every seed";
  return "no different within the spread over seeds";
}

Spread LossOf(const Comparison& task, std::string_view strategy) {
  const Group* group = task.Find(strategy);
  return group ? SpreadOf(*group, "train_loss") : Spread{};
}

// "higher in every seed on `harmonic3`, no different within the spread over seeds on `digits`"
std::string JudgeTasks(const std::vector<Comparison>& tasks, std::string_view strategy) {
  std::vector<std::pair<std::string_view, std::vector<std::string>>> names_by_judgement;
  for (const Comparison& task : tasks) {
    const std::string_view judgement = Judge(LossOf(task, strategy), LossOf(task, kLearned));
    auto place = std::ranges::find(names_by_judgement, judgement,
                                   [](const auto& entry) { return entry.first; });
    if (place == names_by_judgement.end()) {
      place = names_by_judgement.insert(place, {judgement, {}});
    }
    place->second.push_back(Code(task.task));
  }
  std::vector<std::string> parts;
  for (const auto& [judgement, names] : names_by_judgement) {
    parts.push_back(fmt::format("{} on {}", judgement, fmt::join(names, " and ")));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

// "on `harmonic3` `learned` 0.0014 [0.0013–0.0015], … (3 seeds)"
std::string DescribeLosses(const Comparison& task) {
  std::vector<std::string> parts;
  int seeds = 0;
  for (const std::string_view strategy : kHeadlines) {
    const Spread loss = LossOf(task, strategy);
    seeds = std::max(seeds, loss.count);
    parts.push_back(
        fmt::format("{} {}", Code(strategy), loss.count == 0 ? "not measured" : Describe(loss)));
  }
  return fmt::format("on {} {} ({})", Code(task.task), fmt::join(parts, ", "),
                     Counted(seeds, "seed"));
}

std::string ListOrNone(const std::vector<std::string>& names) {
  return names.empty() ? "nothing" : fmt::format("{}", fmt::join(names, ", "));
}

std::string DescribeRules(const Comparison& task) {
  const Spread learned = LossOf(task, kLearned);
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
  if (count == 0) return fmt::format("on {} no other rule was measured", Code(task.task));
  const std::string qualifier = learned.count < 2 ? " (a single seed: no spread to judge by)" : "";
  return fmt::format("on {} ({}; {}) lower: {}, higher: {}{}", Code(task.task), Describe(learned),
                     Counted(count, "other rule"), ListOrNone(lower), ListOrNone(higher),
                     qualifier);
}

}  // namespace

std::string LossPaid(const std::optional<ResultFile>& convergence) {
  if (!convergence) return "Unknown: convergence.json is missing.";
  const std::vector<Comparison> tasks = CompareByTask(*convergence);
  if (tasks.empty()) return "Unknown: convergence.json has no rows.";
  std::vector<std::string> numbers;
  for (const Comparison& task : tasks) numbers.push_back(DescribeLosses(task));
  return fmt::format(
      "Against learned biases, the final training loss with all of them at 1 is {}; without any "
      "it is {}. Median [min–max]: {}.",
      JudgeTasks(tasks, kFixed), JudgeTasks(tasks, kNone), fmt::join(numbers, "; "));
}

std::string UpdateRules(const ResultFile& convergence) {
  std::vector<std::string> tasks;
  for (const Comparison& task : CompareByTask(convergence)) tasks.push_back(DescribeRules(task));
  if (tasks.empty()) return "Unknown: convergence.json has no rows.";
  return fmt::format(
      "Against the plain step of `learned`, by final training loss in every seed: "
      "{}.",
      fmt::join(tasks, "; "));
}

}  // namespace biasbench::report
