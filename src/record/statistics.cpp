#include "record/statistics.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numbers>
#include <numeric>
#include <random>
#include <stdexcept>

namespace biasbench::record {
namespace {

constexpr std::size_t kExactBelow = 50;

void RequireFinite(Sample sample) {
  if (sample.empty()) throw std::invalid_argument("statistics: an empty sample");
  if (!std::ranges::all_of(sample, [](double value) { return std::isfinite(value); })) {
    throw std::invalid_argument("statistics: a value that is not finite");
  }
}

double QuantileOfSorted(Sample sorted, double probability) {
  const double position = probability * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  const double weight = position - static_cast<double>(below);
  return sorted[below] + weight * (sorted[above] - sorted[below]);
}

double SortAndTakeMedian(std::vector<double>& values) {
  std::ranges::sort(values);
  return QuantileOfSorted(values, 0.5);
}

// The median of as many values drawn with replacement. The remainder is the same on every platform
// (std::uniform_int_distribution is not); its bias is below 2^-40 for any sample here.
double ResampledMedian(Sample sample, std::mt19937_64& random, std::vector<double>& drawn) {
  drawn.clear();
  for (std::size_t i = 0; i < sample.size(); ++i) drawn.push_back(sample[random() % sample.size()]);
  return SortAndTakeMedian(drawn);
}

template <class Statistic>
Interval PercentileInterval(const Bootstrap& bootstrap, const Statistic& statistic) {
  if (bootstrap.resamples < 1) throw std::invalid_argument("statistics: no resamples");
  std::mt19937_64 random(bootstrap.seed);
  std::vector<double> values(static_cast<std::size_t>(bootstrap.resamples));
  for (double& value : values) value = statistic(random);
  const double tail = (1 - bootstrap.confidence) / 2;
  return {Quantile(values, tail), Quantile(values, 1 - tail)};
}

struct Ranks {
  double u = 0;         // pairs in which the value of a is larger, ties as half
  double tie_term = 0;  // Σ (t³ − t) over groups of t equal values
};

Ranks RankTogether(Sample a, Sample b) {
  std::vector<std::pair<double, bool>> all;
  for (const double value : a) all.emplace_back(value, true);
  for (const double value : b) all.emplace_back(value, false);
  std::ranges::sort(all);
  Ranks ranks;
  double b_below = 0;
  for (std::size_t begin = 0; begin < all.size();) {
    double of_a = 0;
    double of_b = 0;
    std::size_t end = begin;
    for (; end < all.size() && all[end].first == all[begin].first; ++end) {
      (all[end].second ? of_a : of_b) += 1;
    }
    ranks.u += of_a * (b_below + of_b / 2);
    const double tied = of_a + of_b;
    ranks.tie_term += tied * tied * tied - tied;
    b_below += of_b;
    begin = end;
  }
  return ranks;
}

// P(U ≤ u) when all orders are equally likely: counts the ways in which n of the n + m ranks have
// each sum. (Only additions of positive numbers, so nothing cancels.)
double ExactLowerTail(std::size_t n, std::size_t m, double u) {
  const std::size_t sums = n * m + 1;
  std::vector<std::vector<double>> ways(n + 1, std::vector<double>(sums, 0.0));
  ways[0][0] = 1;
  // One rank after another; the k-th chosen of those up to `rank` adds rank − k to U.
  for (std::size_t rank = 1; rank <= n + m; ++rank) {
    for (std::size_t k = std::min(n, rank); k >= 1; --k) {
      for (std::size_t sum = sums; sum-- > rank - k;) ways[k][sum] += ways[k - 1][sum - (rank - k)];
    }
  }
  const auto& of_n = ways[n];
  const double total = std::accumulate(of_n.begin(), of_n.end(), 0.0);
  const auto last = static_cast<std::ptrdiff_t>(u);
  return std::accumulate(of_n.begin(), of_n.begin() + last + 1, 0.0) / total;
}

double NormalTwoSided(double n, double m, const Ranks& ranks) {
  const double all = n + m;
  const double variance = n * m / 12 * (all + 1 - ranks.tie_term / (all * (all - 1)));
  if (variance <= 0) return 1;  // all values are equal
  const double distance = std::max(std::abs(ranks.u - n * m / 2) - 0.5, 0.0);
  return std::erfc(distance / std::sqrt(variance) / std::numbers::sqrt2);
}

}  // namespace

double Quantile(Sample sample, double probability) {
  RequireFinite(sample);
  if (!(probability >= 0 && probability <= 1)) {
    throw std::invalid_argument("statistics: a probability outside [0, 1]");
  }
  std::vector<double> sorted(sample.begin(), sample.end());
  std::ranges::sort(sorted);
  return QuantileOfSorted(sorted, probability);
}

double Median(Sample sample) { return Quantile(sample, 0.5); }

Interval MedianInterval(Sample sample, const Bootstrap& bootstrap) {
  RequireFinite(sample);
  std::vector<double> drawn;
  return PercentileInterval(
      bootstrap, [&](std::mt19937_64& random) { return ResampledMedian(sample, random, drawn); });
}

Interval MedianRatioInterval(Sample numerator, Sample denominator, const Bootstrap& bootstrap) {
  RequireFinite(numerator);
  RequireFinite(denominator);
  std::vector<double> drawn;
  return PercentileInterval(bootstrap, [&](std::mt19937_64& random) {
    const double above = ResampledMedian(numerator, random, drawn);
    return above / ResampledMedian(denominator, random, drawn);
  });
}

double MannWhitneyP(Sample a, Sample b) {
  RequireFinite(a);
  RequireFinite(b);
  const Ranks ranks = RankTogether(a, b);
  const auto n = static_cast<double>(a.size());
  const auto m = static_cast<double>(b.size());
  if (ranks.tie_term > 0 || a.size() >= kExactBelow || b.size() >= kExactBelow) {
    return NormalTwoSided(n, m, ranks);
  }
  const double smaller = std::min(ranks.u, n * m - ranks.u);
  return std::min(1.0, 2 * ExactLowerTail(a.size(), b.size(), smaller));
}

double SignedRankP(Sample differences) {
  RequireFinite(differences);
  std::vector<double> kept;
  std::ranges::copy_if(differences, std::back_inserter(kept), [](double d) { return d != 0; });
  std::ranges::sort(kept, {}, [](double d) { return std::abs(d); });
  // Twice the mid-ranks are whole numbers; ways[s]: signs for which those of the positive ones sum
  // to s.
  std::vector<double> ways = {1};
  std::size_t positive = 0;
  for (std::size_t begin = 0, end = 0; begin < kept.size(); begin = end) {
    while (end < kept.size() && std::abs(kept[end]) == std::abs(kept[begin])) ++end;
    const std::size_t twice_rank = begin + end + 1;
    for (std::size_t i = begin; i < end; ++i) {
      if (kept[i] > 0) positive += twice_rank;
      ways.resize(ways.size() + twice_rank);
      for (std::size_t sum = ways.size(); sum-- > twice_rank;) ways[sum] += ways[sum - twice_rank];
    }
  }
  const std::size_t smaller = std::min(positive, ways.size() - 1 - positive);
  const auto tail = ways.begin() + static_cast<std::ptrdiff_t>(smaller) + 1;
  return std::min(1.0, 2 * std::accumulate(ways.begin(), tail, 0.0) /
                           std::accumulate(ways.begin(), ways.end(), 0.0));
}

Interval SignedRankInterval(Sample differences) {
  RequireFinite(differences);
  const std::size_t size = differences.size();
  std::vector<double> means;
  for (std::size_t i = 0; i < size; ++i) {
    for (std::size_t j = 0; j <= i; ++j) means.push_back(differences[i] / 2 + differences[j] / 2);
  }
  std::ranges::sort(means);
  // ways[s]: signs for which the ranks 1 … size of the positive ones sum to s.
  std::vector<double> ways = {1};
  for (std::size_t rank = 1; rank <= size; ++rank) {
    ways.resize(ways.size() + rank);
    for (std::size_t sum = ways.size(); sum-- > rank;) ways[sum] += ways[sum - rank];
  }
  const double all = std::pow(2.0, static_cast<double>(size));
  std::size_t left_out = 0;
  double tail = ways[0];
  while (2 * tail <= kLevel * all) tail += ways[++left_out];
  if (left_out == 0) return {-HUGE_VAL, HUGE_VAL};
  return {means[left_out - 1], means[means.size() - left_out]};
}

std::vector<double> HolmAdjust(Sample p_values) {
  std::vector<std::size_t> order(p_values.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return p_values[i]; });
  std::vector<double> adjusted(p_values.size());
  double largest = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const double p = p_values[order[i]];
    if (!(p >= 0 && p <= 1)) throw std::invalid_argument("statistics: a p-value outside [0, 1]");
    largest = std::max(largest, std::min(1.0, static_cast<double>(order.size() - i) * p));
    adjusted[order[i]] = largest;
  }
  return adjusted;
}

}  // namespace biasbench::record
