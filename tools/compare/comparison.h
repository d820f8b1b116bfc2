// The comparison of a run B with a baseline A: worse, better, the same, or undecidable.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "compare/comparable_results.h"
#include "compare/comparison_speed.h"
#include "record/statistics.h"

namespace biasbench::tools {

struct ComparisonOptions {
  double time_threshold = 0.10;         // how much slower is worse
  double convergence_tolerance = 0.02;  // how much of a loss or an accuracy is nothing
  double ratio_bound = 0.5;             // how much more of the others' time is worse
  bool allow_different_machine = false;
  // True if the n-th measurement of A was made right beside the n-th of B, as LoadTurns() returns
  // them.
  bool takes_turns = false;
};

enum class Verdict { kRegressed, kImproved, kNotJudged, kSame };

// One quantity of one name. With several repetitions or seeds, `a` and `b` are medians (for
// `diverged` means, for exact bytes maxima).
struct ComparedRow {
  std::string name;
  std::string metric;  // the row's JSON key, or time_ratio
  std::optional<double> a = {};
  std::optional<double> b = {};
  std::size_t a_count = 0;
  std::size_t b_count = 0;
  std::optional<double> ratio = {};  // b / a; nothing when a is 0
  std::optional<record::Interval> ratio_interval = {};
  std::optional<double> p_value = {};  // of times after Holm's correction
  Verdict verdict = Verdict::kNotJudged;
  std::string note = {};
};

struct Comparison {
  std::vector<std::string> warnings;
  SpeedExponents speed_exponents = {};
  std::vector<std::string> only_in_a;  // full names
  std::vector<std::string> only_in_b;
  std::vector<ComparedRow> rows;  // regressions first, then by name

  std::size_t Count(Verdict verdict) const;
  // 0 same or better, 1 regression, 2 nothing could be judged.
  int ExitCode() const;
};

// Bytes are exact, except the measured ones. Times (of throughput rows) are first corrected for the
// machine's speed (comparison_speed.h), then judged by Mann–Whitney's U with Holm's correction over
// all names, given eight repetitions on both sides, and only beyond the threshold; whatever their
// number, relative to each other (comparison_ratios.h). Losses and stable rates are judged over the
// seeds that both sides ran (over all, when they share none): by U from four seeds on, and only
// beyond the tolerance.
//
// In turns, times are judged by the ratios of neighbours, B over A: by Wilcoxon's signed-rank test
// with Holm's correction, and only where the median ratio is beyond the threshold; never relative
// to each other. The tolerance is then that of stable rates, too.
Comparison Compare(ComparableResults a, ComparableResults b, const ComparisonOptions& options);

}  // namespace biasbench::tools
