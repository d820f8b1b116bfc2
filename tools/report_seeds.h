// Differences seed by seed, and what can be said of them: with the same seed two trainings begin
// from the same weights and see the same batches.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "record/statistics.h"
#include "report_groups.h"

namespace biasbench::report {

// Stands for the loss of a training that diverged, so that ranks and medians can be taken.
inline constexpr double kBeyondAll = 1e300;

using BySeed = std::map<double, double>;

// `key` of the rows that ran to an end; kBeyondAll where one diverged.
BySeed ValuesBySeed(const Group& group, std::string_view key);

// a − b over the seeds of both.
BySeed Less(const BySeed& a, const BySeed& b);

enum class Finding { kHigher, kLower, kNoDifferenceSeen, kTooFewSeeds };

struct OverSeeds {
  int seeds = 0;
  double median = 0;               // may be infinite
  record::Interval interval = {};  // 95 %, bootstrap
  double p = 1;                    // Wilcoxon's signed-rank test against zero
};

// Nothing of fewer than three seeds.
std::optional<OverSeeds> Summarize(const BySeed& differences);

// What `p` (adjusted for so many comparisons) means; whether it could have meant anything.
Finding FindingOf(const OverSeeds& differences, std::int64_t comparisons = 1);

std::string_view Say(Finding finding);  // "higher", "no difference seen", …
// "+0.0222 [+0.0166, +0.0233]"
std::string Describe(const OverSeeds& differences);
// … with what it means: "+0.0222 [+0.0166, +0.0233] (higher)"
std::string DescribeWithFinding(const OverSeeds& differences, std::int64_t comparisons = 1);

}  // namespace biasbench::report
