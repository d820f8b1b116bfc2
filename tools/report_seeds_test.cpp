#include "report_seeds.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <vector>

#include "report_sentence.h"

namespace biasbench::report {
namespace {

using ::testing::HasSubstr;

// All above zero: Wilcoxon's p is 2^(1 − seeds).
BySeed Higher(int seeds) {
  BySeed differences;
  for (int seed = 1; seed <= seeds; ++seed) differences[seed] = 1 + 0.01 * seed;
  return differences;
}

BySeed Noise(int seeds) {
  BySeed differences;
  for (int seed = 1; seed <= seeds; ++seed) differences[seed] = (seed % 2 == 0 ? 1 : -1) * seed;
  return differences;
}

// 2^−6 = 0.016 is significant alone, and thrice it is, but not four times.
TEST(Judge, AdjustsForAllThatIsToldTogether) {
  EXPECT_EQ(Judge({Higher(7)})[0]->finding, Finding::kHigher);
  const auto three = Judge({Higher(7), Noise(7), Noise(7)});
  EXPECT_DOUBLE_EQ(*three[0]->p, 3.0 / 64);
  EXPECT_EQ(three[0]->finding, Finding::kHigher);
  EXPECT_EQ(three[1]->finding, Finding::kNoDifferenceSeen);
  const auto four = Judge({Higher(7), Noise(7), Noise(7), Noise(7)});
  EXPECT_DOUBLE_EQ(*four[0]->p, 4.0 / 64);
  EXPECT_EQ(four[0]->finding, Finding::kTooFewSeeds);
}

// Five seeds cannot reach 0.05 whatever they say: they are no test, and cost the others nothing.
TEST(Judge, CountsOnlyWhatCouldBeFound) {
  const auto judged = Judge({Higher(5), Higher(7), Higher(3), Higher(5), Higher(5), Higher(2)});
  EXPECT_EQ(judged[1]->finding, Finding::kHigher);
  EXPECT_DOUBLE_EQ(*judged[1]->p, 1.0 / 64);
  for (const std::size_t few : {0U, 2U, 3U, 4U}) {
    EXPECT_EQ(judged[few]->finding, Finding::kTooFewSeeds);
    EXPECT_FALSE(judged[few]->p);
  }
  EXPECT_FALSE(judged[5]);
  EXPECT_EQ(DescribeWithFinding(judged[5]), "unknown");
  EXPECT_THAT(DescribeWithFinding(judged[1]), HasSubstr("(higher)"));
}

TEST(LeadAndPoints, SayWhatIsMissing) {
  EXPECT_EQ(LeadAndPoints("Losses", {"a", "b"}, "no rows"), "Losses:\na\nb");
  EXPECT_EQ(LeadAndPoints("Losses", {}, "no rows"), "Unknown: no rows.");
}

}  // namespace
}  // namespace biasbench::report
