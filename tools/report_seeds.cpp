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
    if (other != b.end()) differences[seed] = value - other->second;
  }
  return differences;
}

std::optional<OverSeeds> Summarize(const BySeed& differences) {
  if (differences.size() < kFewestSeeds) return std::nullopt;
  std::vector<double> values;
  for (const auto& [seed, difference] : differences) values.push_back(difference);
  const record::Interval interval = record::MedianInterval(values);
  return OverSeeds{.seeds = static_cast<int>(values.size()),
                   .median = ToInfinity(record::Median(values)),
                   .interval = {ToInfinity(interval.low), ToInfinity(interval.high)},
                   .p = record::SignedRankP(values)};
}

Finding FindingOf(const OverSeeds& differences, std::int64_t comparisons) {
  if (differences.p <= kSignificance) {
    return differences.median > 0 ? Finding::kHigher : Finding::kLower;
  }
  const double least_p = std::pow(2, 1 - differences.seeds) * static_cast<double>(comparisons);
  return least_p > kSignificance ? Finding::kTooFewSeeds : Finding::kNoDifferenceSeen;
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

std::string DescribeWithFinding(const OverSeeds& differences, std::int64_t comparisons) {
  return fmt::format("{} ({})", Describe(differences), Say(FindingOf(differences, comparisons)));
}

}  // namespace biasbench::report
