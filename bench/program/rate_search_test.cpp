#include "bench/program/rate_search.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace biasbench::bench {
namespace {

// Stable up to `limit`; the loss is least at `best`.
RateSearch SearchFrom(double first, double limit, double best) {
  return SearchRates(first, [&](double rate) {
    const double loss = std::abs(std::log(rate / best));
    const bool is_stable = rate <= limit;
    return Trial{rate, is_stable ? loss : std::numeric_limits<double>::quiet_NaN(), is_stable};
  });
}

TEST(SearchRates, BracketsTheLimitFromBothSides) {
  for (const double first : {0.001, 0.1, 0.7, 90.0}) {
    const RateSearch search = SearchFrom(first, 0.7, 0.2);
    EXPECT_LE(search.largest_stable.value(), 0.7);
    EXPECT_GT(search.smallest_unstable.value(), 0.7);
    EXPECT_LE(*search.smallest_unstable, 1.1 * *search.largest_stable);
    EXPECT_EQ(search.trials.front().rate, first);
    EXPECT_LT(search.trials.size(), 25U);
  }
}

TEST(SearchRates, FindsTheBestWithinAFactorOfTwo) {
  for (const double best : {0.003, 0.1, 0.6}) {
    const Trial found = SearchFrom(0.1, 0.7, best).best.value();
    EXPECT_GE(found.rate, best / 2);
    EXPECT_LE(found.rate, best * 2);
  }
}

TEST(SearchRates, SaysWhenThereIsNoLimit) {
  const RateSearch stable = SearchFrom(1, 1e300, 1);
  EXPECT_FALSE(stable.smallest_unstable);
  EXPECT_EQ(stable.largest_stable, 0x1p20);
  const RateSearch unstable = SearchFrom(1, 0, 1);
  EXPECT_FALSE(unstable.largest_stable);
  EXPECT_FALSE(unstable.best);
}

}  // namespace
}  // namespace biasbench::bench
