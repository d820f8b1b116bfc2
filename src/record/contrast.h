// Contrasts: the difference between two values of one axis, seed by seed, all else being equal.
// With the same seed two trainings begin from the same weights and see the same batches.
#pragma once

#include <cmath>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "record/result_rows.h"
#include "record/statistics.h"

namespace biasbench::record {

// The quantity by which rows are compared: nullopt for a row without it, infinite if training
// diverged.
using Quantity = std::function<std::optional<double>(const ResultRow&)>;

// The quantity `key` of rows that ran to their end; `of_diverged` for rows that diverged or whose
// number is null.
Quantity QuantityOf(std::string key, double of_diverged = HUGE_VAL);

using BySeed = std::map<double, double>;
using RowGroup = std::vector<const ResultRow*>;

BySeed ValuesBySeed(const RowGroup& rows, const Quantity& quantity);

enum class Verdict { kLower, kHigher, kNoDifferenceSeen, kTooFewSeeds };
std::string_view Say(Verdict verdict);  // "lower", "higher", "no difference seen", "too few seeds"

// `value` less `baseline` on an axis, in one setting of all others.
struct Contrast {
  std::string axis;
  std::string value;
  std::string baseline;
  std::vector<std::string> follows;  // as in AxisPair
  RowGroup rows;  // those of the value, and of the baseline, that have the quantity; never empty
  RowGroup baseline_rows;
  int seeds = 0;              // pairs; those in which both diverged do not tell and are left out
  int diverged = 0;           // of them, those in which only the value's training diverged
  int baseline_diverged = 0;  // likewise the baseline's
  double median = 0;          // of the differences; may be infinite
  Interval interval;          // 95 %, by Wilcoxon's signed-rank test; infinite below six seeds
  double p = 1;               // of that test, by itself
  // Set by JudgeFamily(): the number of contrasts judged together, p after Holm's adjustment, and
  // the verdict.
  std::size_t family = 0;
  double adjusted_p = 1;
  Verdict verdict = Verdict::kTooFewSeeds;
};

struct AxisPair {
  std::string axis;
  std::string value;
  std::string baseline;
  // Axes in which the two values may differ as well: batches of one sample have a best rate of
  // their own.
  std::vector<std::string> follows = {};
};

// One contrast for every setting with rows of both values, in the rows' order, unless the two share
// no seed that tells. `rows` must outlive them.
std::vector<Contrast> FindContrasts(const RowGroup& rows, const AxisPair& pair,
                                    const Quantity& quantity);

// Judges contrasts that are reported together, at 0.05 after Holm's adjustment over all of them.
// Seeds are too few if the smallest possible p, 2^(1 − seeds), times the family's size is above
// that.
void JudgeFamily(std::span<Contrast> family);

}  // namespace biasbench::record
