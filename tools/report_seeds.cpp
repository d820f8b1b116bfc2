#include "report_seeds.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "report_numbers.h"

namespace biasbench::report {
namespace {

constexpr double kSignificance = 0.05;
constexpr std::size_t kFewestSeeds = 3;

double ToInfinity(double value) {
  return std::abs(value) < kBeyondAll / 2 ? value : std::copysign(HUGE_VAL, value);
}

std::string Signed(double value) {
  if (std::isinf(value)) return value > 0 ? "diverged" : "control diverged";
  return (value > 0 ? "+" : value < 0 ? "−" : "") + ThreeDigits(std::abs(value));
}

std::vector<double> Values(const BySeed& differences) {
  std::vector<double> values;
  for (const auto& [seed, difference] : differences) values.push_back(difference);
  return values;
}

// The two-sided test's, where all differences have one sign.
double LeastP(int seeds) { return std::pow(2, 1 - seeds); }

// What an adjusted p means, one of so many; whether it could have meant anything.
Finding FindingOf(const OverSeeds& differences, std::size_t comparisons) {
  if (*differences.p <= kSignificance) {
    return differences.median > 0 ? Finding::kHigher : Finding::kLower;
  }
  const double least_p = LeastP(differences.seeds) * static_cast<double>(comparisons);
  return least_p > kSignificance ? Finding::kTooFewSeeds : Finding::kNoDifferenceSeen;
}

}  // namespace

BySeed ValuesBySeed(const Group& group, std::string_view key) {
  BySeed values;
  for (const Row* row : group) {
    const bool has_diverged = row->status == "diverged";
    const std::optional<double> seed = row->Number("seed");
    if (!seed || (!row->IsOk() && !has_diverged)) continue;
    if (!has_diverged && !row->Number(key)) continue;
    values[*seed] = has_diverged ? kBeyondAll : std::min(*row->Number(key), kBeyondAll);
  }
  return values;
}

BySeed Less(const BySeed& a, const BySeed& b) {
  BySeed differences;
  for (const auto& [seed, value] : a) {
    const auto other = b.find(seed);
    if (other == b.end()) continue;
    const bool have_both_diverged = value == kBeyondAll && other->second == kBeyondAll;
    if (!have_both_diverged) differences[seed] = value - other->second;
  }
  return differences;
}

std::optional<OverSeeds> Summarize(const BySeed& differences) {
  if (differences.size() < kFewestSeeds) return std::nullopt;
  const std::vector<double> values = Values(differences);
  const record::Interval interval = record::MedianInterval(values);
  return OverSeeds{.seeds = static_cast<int>(values.size()),
                   .median = ToInfinity(record::Median(values)),
                   .interval = {ToInfinity(interval.low), ToInfinity(interval.high)}};
}

std::vector<std::optional<OverSeeds>> Judge(const std::vector<BySeed>& family) {
  std::vector<std::optional<OverSeeds>> judged;
  std::vector<OverSeeds*> tested;
  std::vector<double> p_values;
  judged.reserve(family.size());
  for (const BySeed& differences : family) judged.push_back(Summarize(differences));
  for (std::size_t i = 0; i < family.size(); ++i) {
    if (!judged[i] || LeastP(judged[i]->seeds) > kSignificance) continue;
    tested.push_back(&*judged[i]);
    p_values.push_back(record::SignedRankP(Values(family[i])));
  }
  p_values = record::HolmAdjust(p_values);
  for (std::size_t i = 0; i < tested.size(); ++i) {
    tested[i]->p = p_values[i];
    tested[i]->finding = FindingOf(*tested[i], tested.size());
  }
  return judged;
}

std::string HowJudged(std::string_view family) {
  return fmt::format(
      "seed by seed, median with 95 % interval, judged by Wilcoxon's test with Holm's adjustment "
      "over {}",
      family);
}

std::string_view Say(Finding finding) {
  switch (finding) {
    case Finding::kHigher:
      return "higher";
    case Finding::kLower:
      return "lower";
    case Finding::kNoDifferenceSeen:
      return "no difference seen";
    case Finding::kTooFewSeeds:
      break;
  }
  return "too few seeds to tell";
}

std::string Describe(const OverSeeds& differences) {
  return fmt::format("{} [{}, {}]", Signed(differences.median), Signed(differences.interval.low),
                     Signed(differences.interval.high));
}

std::string DescribeWithFinding(const std::optional<OverSeeds>& differences) {
  if (!differences) return "unknown";
  return fmt::format("{} ({})", Describe(*differences), Say(differences->finding));
}

}  // namespace biasbench::report
