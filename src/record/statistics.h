// Statistics of repeated measurements. All samples must be finite and not empty, else
// std::invalid_argument. Everything is a pure function of its arguments, random numbers included.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace biasbench::record {

// The level of tests; intervals hold with 1 − kLevel.
inline constexpr double kLevel = 0.05;

using Sample = std::span<const double>;

// Linear interpolation between order statistics (type 7 of Hyndman and Fan: the default of R and
// NumPy); `probability` in [0, 1].
double Quantile(Sample sample, double probability);
double Median(Sample sample);

struct Interval {
  double low = 0;
  double high = 0;
};

struct Bootstrap {
  double confidence = 1 - kLevel;
  int resamples = 2000;
  std::uint64_t seed = 1;
};

// Percentile bootstrap intervals of the median, and of Median(numerator) / Median(denominator)
// with the two resampled independently (all values positive).
Interval MedianInterval(Sample sample, const Bootstrap& bootstrap = {});
Interval MedianRatioInterval(Sample numerator, Sample denominator, const Bootstrap& bootstrap = {});

// Two-sided p-value of the Mann–Whitney U test that neither sample tends to larger values. Exact
// when there are no ties and both have fewer than 50 values (R's rule); otherwise the normal
// approximation with corrections for ties and continuity.
double MannWhitneyP(Sample a, Sample b);

// Two-sided p-value of Wilcoxon's signed-rank test that paired differences are symmetric about
// zero. Exact given the mid-ranks, ties included; differences of zero are left out, and 1 comes of
// nothing else. With n differences it cannot be below 2^(1 − n).
double SignedRankP(Sample differences);

// The 95 % interval of the differences' centre that belongs to that test: from the means of all
// pairs of differences (each also with itself) it drops as many on either side as the test allows.
// It contains the median, and zero only if the test finds nothing (without ties). Infinite for
// fewer than six.
Interval SignedRankInterval(Sample differences);

// Holm's step-down adjustment: rejecting where the result is ≤ α keeps the chance of even one false
// rejection among all ≤ α. Values in [0, 1], in the order given; empty gives empty.
std::vector<double> HolmAdjust(Sample p_values);

}  // namespace biasbench::record
