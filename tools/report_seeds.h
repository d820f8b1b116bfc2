// Differences seed by seed, and what can be said of them: with the same seed two trainings begin
// from the same weights and see the same batches.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "record/statistics.h"
#include "report_groups.h"

namespace biasbench::report {

// Stands for the loss of a training that diverged, so that ranks and medians can be taken.
inline constexpr double kBeyondAll = 1e300;

using BySeed = std::map<double, double>;

// `key` of the rows that ran to an end; kBeyondAll where one diverged.
BySeed ValuesBySeed(const Group& group, std::string_view key);

// a − b over the seeds of both; without those in which both diverged, which do not tell.
BySeed Less(const BySeed& a, const BySeed& b);

enum class Finding { kHigher, kLower, kNoDifferenceSeen, kTooFewSeeds };

struct OverSeeds {
  int seeds = 0;
  double median = 0;               // may be infinite
  record::Interval interval = {};  // 95 %, bootstrap
  // Of Wilcoxon's signed-rank test against zero, after Holm's adjustment; nothing before Judge(),
  // or of so few seeds that it could not reach significance.
  std::optional<double> p = {};
  Finding finding = Finding::kTooFewSeeds;
};

// Nothing of fewer than three seeds.
std::optional<OverSeeds> Summarize(const BySeed& differences);

// Summarizes all comparisons that are told together, and says what they mean at a significance of
// 0.05 with Holm's adjustment over those that have seeds enough to reach it (six) at all: the
// others cannot be false findings.
std::vector<std::optional<OverSeeds>> Judge(const std::vector<BySeed>& family);

// How Judge() came to it, for captions. `family` says what is told together: "a task's
// comparisons".
std::string HowJudged(std::string_view family);

std::string_view Say(Finding finding);  // "higher", "no difference seen", …
// "+0.0222 [+0.0166, +0.0233]"
std::string Describe(const OverSeeds& differences);
// … with what it means: "+0.0222 [+0.0166, +0.0233] (higher)"; "unknown" of nothing.
std::string DescribeWithFinding(const std::optional<OverSeeds>& differences);

}  // namespace biasbench::report
