// Contrasts: what two values of one axis differ in, seed by seed, all else being equal. With the
// same seed two trainings begin from the same weights and see the same batches.
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

// What rows are compared by: nothing of a row that has none, infinite where training diverged.
using Quantity = std::function<std::optional<double>(const ResultRow&)>;

// `key` of rows that ran to an end; `of_diverged` of those that diverged, or whose number is null.
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
  // Of JudgeFamily: how many were judged together, p after Holm's adjustment, what follows.
  std::size_t family = 0;
  double adjusted_p = 1;
  Verdict verdict = Verdict::kTooFewSeeds;
};

struct AxisPair {
  std::string axis;
  std::string value;
  std::string baseline;
  // Axes in which the two may differ as well: batches of one sample have a best rate of their own.
  std::vector<std::string> follows = {};
};

// Of every setting that has rows of both values: one contrast each, in the rows' order, unless they
// have no seed in common that tells. `rows` must outlive them.
std::vector<Contrast> FindContrasts(const RowGroup& rows, const AxisPair& pair,
                                    const Quantity& quantity);

// Judges what is told together, at 0.05 after Holm's adjustment over all of it. Too few seeds are
// those of which the least p there can be, 2^(1 − seeds), times the family's size is above that.
void JudgeFamily(std::span<Contrast> family);

}  // namespace biasbench::record
