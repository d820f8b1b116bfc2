#include "record/statistics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>
#include <random>
#include <stdexcept>

namespace biasbench::record {
namespace {

using Values = std::vector<double>;

TEST(Quantile, InterpolatesAsRAndNumPyDo) {
  const Values values = {4, 1, 3, 2};
  EXPECT_EQ(Quantile(values, 0), 1);
  EXPECT_EQ(Quantile(values, 0.25), 1.75);
  EXPECT_EQ(Quantile(values, 1), 4);
  EXPECT_EQ(Median(values), 2.5);
  EXPECT_EQ(Median(Values{7, 1, 5}), 5);
  EXPECT_EQ(Median(Values{3}), 3);
}

TEST(Quantile, RefusesWhatHasNone) {
  EXPECT_THROW(Median(Values{}), std::invalid_argument);
  EXPECT_THROW(Median(Values{1, std::numeric_limits<double>::quiet_NaN()}), std::invalid_argument);
  EXPECT_THROW(Quantile(Values{1}, 1.5), std::invalid_argument);
  EXPECT_THROW(Quantile(Values{1}, std::numeric_limits<double>::quiet_NaN()),
               std::invalid_argument);
}

// Two samples of n and m values without ties in which exactly `u` pairs have a's value larger.
std::pair<Values, Values> SamplesWithU(int n, int m, int u) {
  std::pair<Values, Values> samples;
  for (int j = 0; j < m; ++j) samples.second.push_back(j);
  for (int i = 0; i < n; ++i) {
    const int below = std::min(u, m);
    samples.first.push_back(below - 0.9 + 0.01 * i);  // above `below` of b's values
    u -= below;
  }
  return samples;
}

double PForU(int n, int m, int u) {
  const auto [a, b] = SamplesWithU(n, m, u);
  EXPECT_EQ(MannWhitneyP(a, b), MannWhitneyP(b, a));
  return MannWhitneyP(a, b);
}

// The published two-tailed 0.05 critical values of U (Mann and Whitney's table as extended by
// Auble, 1953): the largest U that is still significant.
TEST(MannWhitney, AgreesWithThePublishedCriticalValues) {
  struct Row {
    int n, m, critical;
  };
  for (const Row& row : {Row{4, 4, 0}, Row{5, 5, 2}, Row{8, 8, 13}, Row{10, 10, 23}, Row{5, 9, 7},
                         Row{7, 12, 18}, Row{15, 15, 64}, Row{20, 20, 127}}) {
    EXPECT_LE(PForU(row.n, row.m, row.critical), 0.05) << row.n << " " << row.m;
    EXPECT_GT(PForU(row.n, row.m, row.critical + 1), 0.05) << row.n << " " << row.m;
  }
}

TEST(MannWhitney, ExactByCounting) {
  EXPECT_DOUBLE_EQ(PForU(4, 4, 0), 2.0 / 70);       // one order of C(8, 4), two sides
  EXPECT_DOUBLE_EQ(PForU(5, 5, 2), 2 * 4.0 / 252);  // 1 + 1 + 2 orders of C(10, 5)
  EXPECT_DOUBLE_EQ(PForU(4, 4, 8), 1);              // the middle
  EXPECT_DOUBLE_EQ(PForU(1, 1, 0), 1);
  // SciPy's documented example.
  EXPECT_NEAR(MannWhitneyP(Values{19, 22, 16, 29, 24}, Values{20, 11, 17, 12}), 1.0 / 9, 1e-12);
}

TEST(MannWhitney, CorrectsForTies) {
  // U = 2.5, variance 16/12 (9 − 30/56), z = (5.5 − 0.5) / √variance.
  const double variance = 16.0 / 12 * (9 - 30.0 / 56);
  EXPECT_NEAR(MannWhitneyP(Values{1, 2, 2, 3}, Values{2, 3, 4, 5}),
              std::erfc(5 / std::sqrt(variance) / std::numbers::sqrt2), 1e-12);
  EXPECT_EQ(MannWhitneyP(Values{2, 2, 2}, Values{2, 2}), 1);
  EXPECT_EQ(MannWhitneyP(Values{1, 2, 3}, Values{1, 2, 3}), 1);
}

TEST(MannWhitney, NormalAndExactMeetWhereTheRuleChanges) {
  EXPECT_NEAR(PForU(49, 49, 900), PForU(49, 50, 920), 0.01);
}

// Under equality p ≤ 0.05 must come up in at most about one of twenty draws.
TEST(MannWhitney, KeepsItsLevel) {
  std::mt19937_64 random(7);
  int significant = 0;
  for (int trial = 0; trial < 2000; ++trial) {
    Values a;
    Values b;
    for (int i = 0; i < 9; ++i) a.push_back(static_cast<double>(random() >> 11));
    for (int i = 0; i < 11; ++i) b.push_back(static_cast<double>(random() >> 11));
    significant += MannWhitneyP(a, b) <= 0.05 ? 1 : 0;
  }
  EXPECT_GT(significant, 60);
  EXPECT_LT(significant, 125);
}

TEST(Holm, StepsDown) {
  const Values expected = {0.03, 0.06, 0.06, 0.02};
  const Values adjusted = HolmAdjust(Values{0.01, 0.04, 0.03, 0.005});
  ASSERT_EQ(adjusted.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_DOUBLE_EQ(adjusted[i], expected[i]);
  EXPECT_EQ(HolmAdjust(Values{0.9, 0.8}), (Values{1, 1}));
  EXPECT_TRUE(HolmAdjust({}).empty());
  EXPECT_THROW(HolmAdjust(Values{1.1}), std::invalid_argument);
}

// The values are those of an independent implementation of mt19937_64 and of the percentiles.
TEST(Bootstrap, IsTheSameEachTimeAndOnEachPlatform) {
  const Values a = {1.0, 1.1, 1.2, 1.3, 1.5, 1.7, 2.0, 2.4};
  const Values b = {1.0, 1.2, 1.4, 1.6, 1.8, 2.2, 2.6, 3.0};
  const Interval median = MedianInterval(a, {.resamples = 20});
  const Interval ratio = MedianRatioInterval(a, b, {.resamples = 20});
  EXPECT_DOUBLE_EQ(median.low, 1.17375);
  EXPECT_DOUBLE_EQ(median.high, 1.85);
  EXPECT_DOUBLE_EQ(ratio.low, 0.57599431818181812);
  EXPECT_DOUBLE_EQ(ratio.high, 1.0145833333333334);
}

TEST(Bootstrap, OfEqualValuesIsAPoint) {
  const Interval ratio = MedianRatioInterval(Values{6, 6, 6}, Values{2, 2});
  EXPECT_EQ(ratio.low, 3);
  EXPECT_EQ(ratio.high, 3);
  EXPECT_THROW(MedianInterval(Values{1}, {.resamples = 0}), std::invalid_argument);
}

// The interval must hold the true ratio (2) in about 95 of 100 experiments.
TEST(Bootstrap, CoversTheTruth) {
  std::mt19937_64 random(3);
  const auto sample = [&](double scale) {
    Values values;
    for (int i = 0; i < 25; ++i) {
      values.push_back(scale * (1 + static_cast<double>(random() >> 11) * 0x1p-53));
    }
    return values;
  };
  int covered = 0;
  for (int trial = 0; trial < 400; ++trial) {
    const Interval ratio = MedianRatioInterval(sample(2), sample(1), {.resamples = 400});
    covered += ratio.low <= 2 && 2 <= ratio.high ? 1 : 0;
  }
  EXPECT_GE(covered, 365);
  EXPECT_LE(covered, 395);
}

// R: wilcox.test(x, exact = TRUE) for untied ones; ties by listing all 2^n signs.
TEST(SignedRankP, IsExact) {
  EXPECT_DOUBLE_EQ(SignedRankP(std::vector{1.0, 2.0, 3.0, 4.0, 5.0}), 2.0 / 32);
  EXPECT_DOUBLE_EQ(SignedRankP(std::vector{-1.0, -2.0, -3.0, -4.0, -5.0}), 2.0 / 32);
  EXPECT_DOUBLE_EQ(SignedRankP(std::vector{-1.0, 2.0, 3.0, 4.0, 5.0, 0.0}), 4.0 / 32);
  EXPECT_DOUBLE_EQ(SignedRankP(std::vector{1.0, -2.0, 3.0, -4.0}), 14.0 / 16);
  // |d| = 1, 1, 2: mid-ranks 1.5, 1.5, 3; the positive ones' sum is 4.5 or more for 4 of 8 signs.
  EXPECT_DOUBLE_EQ(SignedRankP(std::vector{1.0, -1.0, 2.0}), 6.0 / 8);
  EXPECT_DOUBLE_EQ(SignedRankP(std::vector{-1.0, 1.0, 1.0, 2.0}), 8.0 / 16);
  EXPECT_DOUBLE_EQ(SignedRankP(std::vector{0.0, 0.0}), 1);
  EXPECT_THROW(SignedRankP(std::vector<double>{}), std::invalid_argument);
}

// Of eight, the fourth of 36 means from either end: P(W <= 3) = 5/256, P(W <= 4) = 7/256.
TEST(SignedRankInterval, LeavesOutWhatTheTestLets) {
  const Values eight = {0.1, 0.7, 1.2, -0.3, 0.9, 2.5, 1.6, 0.4};
  const Interval interval = SignedRankInterval(eight);
  EXPECT_DOUBLE_EQ(interval.low, 0.1);
  EXPECT_DOUBLE_EQ(interval.high, 1.7);
  const Interval six = SignedRankInterval(Values{1, 2, 3, 4, 5, 7});
  EXPECT_EQ(six.low, 1);
  EXPECT_EQ(six.high, 7);
  EXPECT_EQ(SignedRankInterval(Values{1, 2, 3, 4, 5}).low, -HUGE_VAL);
  EXPECT_EQ(SignedRankInterval(Values{1, 2, 3, 4, 5}).high, HUGE_VAL);
}

// It excludes zero exactly where the test finds a difference, and covers the middle.
TEST(SignedRankInterval, BelongsToTheTest) {
  std::mt19937_64 random(11);
  int covered = 0;
  for (int trial = 0; trial < 1000; ++trial) {
    Values values;
    for (int i = 0; i < 9; ++i) {
      values.push_back(0.3 + static_cast<double>(random() >> 11) * 0x1p-53 - 0.5);
    }
    const Interval interval = SignedRankInterval(values);
    EXPECT_EQ(interval.low > 0 || interval.high < 0, SignedRankP(values) <= 0.05);
    EXPECT_LE(interval.low, Median(values));
    EXPECT_GE(interval.high, Median(values));
    covered += interval.low <= 0.3 && 0.3 <= interval.high ? 1 : 0;
  }
  EXPECT_GE(covered, 940);
  EXPECT_LE(covered, 985);
}

}  // namespace
}  // namespace biasbench::record
