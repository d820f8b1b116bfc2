#include "record/line_fit.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

namespace biasbench::record {
namespace {

using Points = std::vector<Point>;

TEST(LineFit, FindsAnExactLineOverFourOrdersOfMagnitude) {
  Points points;
  for (const double x : {1e3, 1e4, 1e5, 1e6, 1e7}) points.push_back({x, 700'000 + 556 * x});
  const LineFit fit = FitLine(points);
  EXPECT_NEAR(fit.intercept, 700'000, 1e-3);
  EXPECT_NEAR(fit.slope, 556, 1e-9);
  ASSERT_TRUE(fit.slope_interval);
  EXPECT_NEAR(fit.slope_interval->low, 556, 1e-6);
  EXPECT_NEAR(fit.slope_interval->high, 556, 1e-6);
  EXPECT_NEAR(fit.Deviation(fit.farthest), 0, 1e-12);
}

// As a regression of 1 on (1 / y, x / y) gives it, with t = 4.3027 for two degrees of freedom;
// worked out apart from this code.
TEST(LineFit, AgreesWithWeightedRegression) {
  const LineFit fit = FitLine(Points{{1, 1.2}, {2, 1.9}, {3, 3.3}, {4, 3.9}});
  EXPECT_NEAR(fit.intercept, 0.245768903, 1e-6);
  EXPECT_NEAR(fit.slope, 0.918677241, 1e-6);
  EXPECT_NEAR(fit.slope_interval->low, 0.47223, 1e-3);
  EXPECT_NEAR(fit.slope_interval->high, 1.36513, 1e-3);
}

// Of the absolute errors' least squares the largest x would take all.
TEST(LineFit, EveryOrderOfMagnitudeCountsAlike) {
  const LineFit fit = FitLine(Points{{1e3, 2e3}, {1e4, 1e4}, {1e5, 1e5}, {1e6, 1e6}});
  EXPECT_EQ(fit.farthest.x, 1e4);
  EXPECT_NEAR(fit.At(1e3), 2e3, 200);
  EXPECT_NEAR(fit.Deviation({1e3, 2e3}), 1 - fit.At(1e3) / 2e3, 1e-12);
}

TEST(LineFit, TwoPointsTellNoInterval) {
  const LineFit fit = FitLine(Points{{1, 3}, {2, 5}});
  EXPECT_NEAR(fit.intercept, 1, 1e-12);
  EXPECT_NEAR(fit.slope, 2, 1e-12);
  EXPECT_FALSE(fit.slope_interval);
}

TEST(LineFit, RefusesWhatHasNoLine) {
  const double nan = std::nan("");
  for (const Points& points :
       {Points{}, Points{{1, 1}}, Points{{2, 1}, {2, 3}}, Points{{1, 0}, {2, 1}},
        Points{{1, -1}, {2, 1}}, Points{{nan, 1}, {2, 1}}, Points{{1, nan}, {2, 1}},
        Points{{1, std::numeric_limits<double>::infinity()}, {2, 1}}}) {
    EXPECT_THROW(FitLine(points), std::invalid_argument);
  }
}

}  // namespace
}  // namespace biasbench::record
