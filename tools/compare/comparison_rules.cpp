#include "compare/comparison_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace biasbench::tools {
namespace {

using Values = std::vector<double>;

constexpr double kSignificance = 0.05;
constexpr std::size_t kMinSeeds = 4;  // with three on each side U cannot reach significance
constexpr double kMeasuredTolerance = 0.01;
constexpr double kMeasuredToleranceBytes = 512 * 1024;

// Every other key that ends in _bytes is deterministic.
constexpr auto kMeasuredBytes =
    std::to_array<std::string_view>({"peak_rss_bytes", "untracked_bytes"});
constexpr auto kWorseWhenHigher =
    std::to_array<std::string_view>({"train_loss", "test_loss", "diverged"});
constexpr auto kWorseWhenLower =
    std::to_array<std::string_view>({"test_accuracy", "largest_stable_rate"});

// The beginning of keys that end with a brightness.
constexpr std::string_view kScaledAccuracy = "test_accuracy_at_scale_";

bool Contains(const auto& list, std::string_view key) {
  return std::ranges::find(list, key) != list.end();
}

bool IsWorseWhenLower(std::string_view metric) {
  return Contains(kWorseWhenLower, metric) || metric.starts_with(kScaledAccuracy);
}

// The search for rates ends when they are bracketed by this much.
constexpr double kStabilityTolerance = 0.1;
constexpr auto kStabilityMetrics =
    std::to_array<std::string_view>({"largest_stable_rate", "best_train_loss"});

enum class Rule { kNone, kExact, kMeasured, kTime, kConvergence, kStability };

Rule RuleFor(std::string_view program, std::string_view metric) {
  if (program == "peers") return Rule::kNone;  // only relative to each other
  if (Contains(kMeasuredBytes, metric)) return Rule::kMeasured;
  if (metric.ends_with("_bytes")) return Rule::kExact;
  if (program == "throughput" && metric == "real_time") return Rule::kTime;
  if (program == "convergence" &&
      (Contains(kWorseWhenHigher, metric) || IsWorseWhenLower(metric))) {
    return Rule::kConvergence;
  }
  if (program == "stability" && Contains(kStabilityMetrics, metric)) return Rule::kStability;
  return Rule::kNone;
}

void JudgeExactBytes(ComparedRow& row, const Values& a, const Values& b) {
  row.a = std::ranges::max(a);
  row.b = std::ranges::max(b);
  row.verdict = Judge(*row.b > *row.a, *row.b < *row.a);
}

void JudgeMeasuredBytes(ComparedRow& row) {
  // A row is valid if the kernel's figure is within the tolerance of the ledger's, above or below:
  // two valid rows may differ by twice as much.
  const double sides = row.metric == "peak_rss_bytes" ? 2 : 1;
  const double tolerance = sides * std::max(kMeasuredTolerance * *row.a, kMeasuredToleranceBytes);
  row.verdict = Judge(*row.b > *row.a + tolerance, *row.b < *row.a - tolerance);
}

// Leaves the verdict to JudgeTimes, which needs the p-values of all names.
void MeasureTime(ComparedRow& row, const Values& a, const Values& b, bool is_other_machine) {
  if (is_other_machine) {
    row.note = "different machine";
  } else if (std::ranges::min(a) <= 0 || std::ranges::min(b) <= 0) {
    row.note = "a time of zero";
  } else {
    row.ratio_interval = record::MedianRatioInterval(b, a);
    if (std::min(a.size(), b.size()) < kMinRepetitions) {
      row.note = fmt::format("too few repetitions, a verdict needs {}", kMinRepetitions);
    } else {
      row.p_value = record::MannWhitneyP(a, b);
    }
  }
}

// Judges a time by the ratios of neighbours.
void MeasureTurns(ComparedRow& row, const Values& a, const Values& b) {
  Values changes;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] > 0 && b[i] > 0) changes.push_back(std::log(b[i] / a[i]));
  }
  if (changes.empty()) {
    row.note = "a time of zero";
    return;
  }
  const record::Interval interval = record::MedianInterval(changes);
  row.ratio = std::exp(record::Median(changes));
  row.ratio_interval = {std::exp(interval.low), std::exp(interval.high)};
  row.p_value = record::SignedRankP(changes);
}

// The turns with which the smallest p-value that can come of them, 2^(1 - turns), survives Holm's
// correction over so many rows.
std::size_t FewestTurns(std::size_t rows) {
  std::size_t turns = 1;
  while (static_cast<double>(rows) * std::exp2(1 - static_cast<double>(turns)) > kSignificance) {
    ++turns;
  }
  return turns;
}

void JudgeOverSeeds(ComparedRow& row, const Values& a, const Values& b, double tolerance) {
  if (row.metric == "diverged") {  // a median would not see one seed of three
    const auto mean = [](const Values& values) {
      return std::accumulate(values.begin(), values.end(), 0.0) /
             static_cast<double>(values.size());
    };
    row.a = mean(a);
    row.b = mean(b);
  }
  bool is_different =
      std::abs(*row.b - *row.a) > tolerance * std::max(std::abs(*row.a), std::abs(*row.b));
  if (std::min(a.size(), b.size()) >= kMinSeeds) {
    row.p_value = record::MannWhitneyP(a, b);
    is_different = is_different && *row.p_value <= kSignificance;
  }
  const bool is_higher = *row.b > *row.a;
  const bool is_worse = is_higher != IsWorseWhenLower(row.metric);
  row.verdict = Judge(is_different && is_worse, is_different && !is_worse);
}

}  // namespace

bool IsJudged(std::string_view program, std::string_view metric) {
  return RuleFor(program, metric) != Rule::kNone;
}

Verdict Judge(bool is_worse, bool is_better) {
  if (is_worse) return Verdict::kRegressed;
  return is_better ? Verdict::kImproved : Verdict::kSame;
}

// The row of a metric that both sides have; its verdict, if a time's, still to come.
ComparedRow CompareMetric(std::string_view program, const std::string& name,
                          const std::string& metric, const Values& a, const Values& b,
                          const ComparisonOptions& options, bool is_other_machine) {
  ComparedRow row{name, metric, record::Median(a), record::Median(b), a.size(), b.size()};
  switch (RuleFor(program, metric)) {
    case Rule::kExact:
      JudgeExactBytes(row, a, b);
      break;
    case Rule::kMeasured:
      JudgeMeasuredBytes(row);
      break;
    case Rule::kTime:
      if (options.takes_turns) {
        MeasureTurns(row, a, b);
      } else {
        MeasureTime(row, a, b, is_other_machine);
      }
      break;
    case Rule::kConvergence:
      JudgeOverSeeds(row, a, b, options.convergence_tolerance);
      break;
    case Rule::kStability:
      JudgeOverSeeds(row, a, b,
                     options.takes_turns ? options.convergence_tolerance : kStabilityTolerance);
      break;
    case Rule::kNone:
      break;
  }
  if (!row.ratio && *row.a != 0) row.ratio = *row.b / *row.a;
  return row;
}

void JudgeTimes(std::vector<ComparedRow>& rows, const ComparisonOptions& options) {
  std::vector<ComparedRow*> judged;
  Values p_values;
  for (ComparedRow& row : rows) {
    if (row.metric != "real_time" || !row.p_value) continue;
    judged.push_back(&row);
    p_values.push_back(*row.p_value);
  }
  const Values adjusted = record::HolmAdjust(p_values);
  for (std::size_t i = 0; i < judged.size(); ++i) {
    ComparedRow& row = *judged[i];
    row.p_value = adjusted[i];
    if (options.takes_turns && row.a_count < FewestTurns(judged.size())) {
      row.note = fmt::format("too few turns, a verdict needs {}", FewestTurns(judged.size()));
      continue;
    }
    const bool is_significant = adjusted[i] <= kSignificance;
    row.verdict = Judge(is_significant && *row.ratio > 1 + options.time_threshold,
                        is_significant && *row.ratio < 1 / (1 + options.time_threshold));
  }
}

}  // namespace biasbench::tools
