#include "report/study_quantities.h"

#include <fmt/format.h>

#include <cmath>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "record/statistics.h"
#include "report/rows.h"

namespace biasbench::report {

using record::Quantity;
using record::QuantityOf;

namespace {

Quantity AccuracyChange(double scale) {
  return [key = fmt::format("test_accuracy_at_scale_{}", scale)](
             const ResultRow& row) -> std::optional<double> {
    const auto scaled = row.Number(key);
    const auto plain = row.Number("test_accuracy");
    if (!row.IsOk() || !scaled || !plain) return std::nullopt;
    constexpr double kSamples = 1e9;  // so that equal shares of right samples are equal differences
    return std::round((*scaled - *plain) * kSamples) / kSamples;
  };
}

// The seconds that `learned` takes in each setting: their median, and a millionth more, since
// curves have seven digits.
std::map<std::string, double> SecondsOfLearned(const std::vector<ResultRow>& rows) {
  std::map<std::string, double> budgets;
  for (const RowGroup& group : GroupRows(
           RowsOf(rows, [](const auto& row) { return Strategy(row) == kLearned && row.IsOk(); }))) {
    const std::vector<double> seconds = ValuesOf(group, "train_seconds");
    if (seconds.empty()) continue;
    budgets[group.front()->where.Name({"seed", "strategy"})] = record::Median(seconds) * (1 + 1e-6);
  }
  return budgets;
}

}  // namespace

Quantity TrainLoss(const Results& /*results*/) { return QuantityOf("train_loss"); }
Quantity TestAccuracy(const Results& /*results*/) { return QuantityOf("test_accuracy", 0); }
Quantity StableRate(const Results& /*results*/) { return QuantityOf("largest_stable_rate", 0); }
Quantity BestLoss(const Results& /*results*/) { return QuantityOf("best_train_loss"); }
Quantity Imitation(const Results& /*results*/) { return QuantityOf("imitation_ratio"); }

Quantity Overfitting(const Results& /*results*/) {
  return [](const ResultRow& row) -> std::optional<double> {
    const auto test = QuantityOf("test_loss")(row);
    const auto train = QuantityOf("train_loss")(row);
    if (!test || !train) return std::nullopt;
    return std::isinf(*train) ? HUGE_VAL : *test - *train;
  };
}

Quantity ChangeWhenDarker(const Results& /*results*/) { return AccuracyChange(0.125); }
Quantity ChangeWhenBrighter(const Results& /*results*/) { return AccuracyChange(8); }

Quantity LossInEqualTime(const Results& results) {
  return [budgets = SecondsOfLearned(results.convergence->rows),
          curves = IndexCurves(results)](const ResultRow& row) -> std::optional<double> {
    const auto budget = budgets.find(row.where.Name({"seed", "strategy"}));
    const auto curve = curves.find(row.name);
    if (budget == budgets.end() || curve == curves.end()) return std::nullopt;
    std::optional<double> loss;
    for (const CurvePoint* point : curve->second) {
      if (point->epoch > 0 && point->seconds <= budget->second) loss = point->train_loss;
    }
    return loss;
  };
}

Quantity RiseEpoch(const Results& results) {
  return [curves = IndexCurves(results)](const ResultRow& row) -> std::optional<double> {
    const auto curve = curves.find(row.name);
    if (curve == curves.end()) return std::nullopt;
    for (const CurvePoint* point : curve->second) {
      if (!(point->train_loss <= curve->second.front()->train_loss)) {
        return static_cast<double>(point->epoch);
      }
    }
    return HUGE_VAL;
  };
}

}  // namespace biasbench::report
