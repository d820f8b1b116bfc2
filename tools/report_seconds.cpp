#include "report_seconds.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <span>

#include "report_groups.h"
#include "report_numbers.h"
#include "report_seeds.h"
#include "report_sentence.h"

namespace biasbench::report {
namespace {

// A strategy at the width at which it got furthest.
struct Reached {
  const Group* group;
  BySeed losses;
  Spread loss;
  Spread epochs;
};

struct Budget {
  const Row* learned;
  double seconds;
  std::vector<Reached> strategies;  // `learned` first
};

using CurvesByName = std::map<std::string_view, std::vector<const CurvePoint*>>;

// Training loss and epochs after so many seconds.
Reached ReachedBy(const Group& group, double seconds, const CurvesByName& curves) {
  Reached reached{&group, {}, {}, {}};
  std::vector<double> losses;
  std::vector<double> epochs;
  for (const Row* row : group) {
    const auto curve = curves.find(row->name);
    if (curve == curves.end()) continue;
    const CurvePoint* last = nullptr;
    for (const CurvePoint* point : curve->second) {
      if (point->seconds <= seconds) last = point;
    }
    if (last == nullptr) continue;
    losses.push_back(last->train_loss);
    epochs.push_back(static_cast<double>(last->epoch));
    reached.losses[row->NumberOrZero("seed")] = std::min(last->train_loss, kBeyondAll);
  }
  reached.loss = SpreadOfValues(losses);
  reached.epochs = SpreadOfValues(epochs);
  return reached;
}

std::vector<Budget> FindBudgets(const ResultFile& convergence, const std::vector<Group>& groups,
                                const CurvesByName& curves) {
  std::vector<Budget> budgets;
  for (const Comparison& task : CompareByTask(convergence)) {
    const Group* learned = task.Find(kLearned);
    if (learned == nullptr) continue;
    Budget budget{learned->front(), SpreadOf(*learned, "train_seconds").median, {}};
    if (!std::isfinite(budget.seconds)) continue;  // `learned` diverged
    for (const std::string_view strategy : kHeadlines) {
      std::optional<Reached> best;
      for (const Group& group : groups) {
        const Row& row = *group.front();
        if (row.strategy != strategy ||
            SettingWithoutWidth(row) != SettingWithoutWidth(*budget.learned)) {
          continue;
        }
        Reached reached = ReachedBy(group, budget.seconds, curves);
        if (reached.loss.count == 0) continue;
        if (!best || reached.loss.median < best->loss.median) best = std::move(reached);
      }
      if (best) budget.strategies.push_back(*std::move(best));
    }
    if (budget.strategies.size() > 1) budgets.push_back(std::move(budget));
  }
  return budgets;
}

// Everything that points into the file's rows, kept together.
struct Frontier {
  Frontier(const ResultFile& convergence, const std::vector<CurvePoint>& points)
      : groups(GroupRows(convergence.rows, [](const Row& row) { return !HasTurnedSign(row); })) {
    CurvesByName curves;
    for (const CurvePoint& point : points) curves[point.name].push_back(&point);
    budgets = FindBudgets(convergence, groups, curves);
  }
  std::vector<Group> groups;
  std::vector<Budget> budgets;
};

std::string DescribeBudget(const Budget& budget) {
  const Reached& learned = budget.strategies.front();
  const std::span others = std::span(budget.strategies).subspan(1);
  std::vector<BySeed> differences;
  for (const Reached& other : others) differences.push_back(Less(other.losses, learned.losses));
  const auto judged = Judge(differences);
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < others.size(); ++i) {
    parts.push_back(
        fmt::format("{} {}", Code(others[i].group->front()->strategy),
                    judged[i] ? DescribeWithFinding(judged[i])
                              : fmt::format("{} against {} (too few seeds to tell)",
                                            Describe(others[i].loss), Describe(learned.loss))));
  }
  return fmt::format("{} ({} s): {}", Code(budget.learned->task), ThreeDigits(budget.seconds),
                     fmt::join(parts, ", "));
}

}  // namespace

Table SecondsTable(const ResultFile& convergence, const std::vector<CurvePoint>& curves) {
  Table table{
      "The training loss that each strategy reaches within the seconds that `learned` takes at its "
      "largest width, at the best of the widths measured. Median [min–max] over n seeds.",
      {{"task"},
       {"seconds", true},
       {"strategy"},
       {"hidden", true},
       {"epochs", true},
       {"n", true},
       {"training loss", true}},
      {}};
  for (const Budget& budget : Frontier(convergence, curves).budgets) {
    for (const Reached& reached : budget.strategies) {
      const Row& row = *reached.group->front();
      table.rows.push_back({Code(row.task), ThreeDigits(budget.seconds), Code(row.strategy),
                            Integer(row.NumberOrZero("hidden")), Integer(reached.epochs.median),
                            fmt::format("{}", reached.loss.count), Describe(reached.loss)});
    }
  }
  return table;
}

std::string DescribeSeconds(const ResultFile& convergence, const std::vector<CurvePoint>& curves) {
  std::vector<std::string> parts;
  const Frontier frontier(convergence, curves);
  for (const Budget& budget : frontier.budgets) parts.push_back(DescribeBudget(budget));
  return LeadAndPoints(
      fmt::format("Training loss reached in the seconds that `learned` takes, less what `learned` "
                  "reaches, each at its best width, {}",
                  HowJudged("a task's comparisons")),
      parts, "no curves of another strategy and of `learned`, trained to its end");
}

}  // namespace biasbench::report
