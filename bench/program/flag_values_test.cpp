#include "bench/program/flag_values.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace biasbench::bench {
namespace {

TEST(ParseCount, TakesWholeNumbersHoweverTheyAreWritten) {
  EXPECT_EQ(ParseCount("1", kSizes), 1);
  EXPECT_EQ(ParseCount("1e6", kSizes), 1'000'000);
  EXPECT_EQ(ParseCount("1.5e3", kSizes), 1500);
  EXPECT_EQ(ParseCount("1099511627776", kSizes), std::int64_t{1} << 40);
  EXPECT_EQ(ParseCount("0", kSeeds), 0);
}

TEST(ParseCount, RefusesEverythingElse) {
  for (const char* text : {"0", "-1", "2.5", "1e400", "1e-3", "", "x", "1x", " 1", "nan", "inf",
                           "1099511627777", "0x10"}) {
    EXPECT_THROW(ParseCount(text, kSizes), std::invalid_argument) << text;
  }
}

TEST(ParseCount, NamesTheTextAndTheRange) {
  try {
    ParseCount("0", {1, 8});
    FAIL();
  } catch (const std::invalid_argument& error) {
    EXPECT_STREQ(error.what(), "'0' is not a whole number from 1 to 8");
  }
}

TEST(ParseSeconds, EndsWithinADay) {
  EXPECT_EQ(ParseSeconds("0.25"), 0.25);
  for (const char* text : {"0", "-1", "nan", "inf", "1e30", "86401", ""}) {
    EXPECT_THROW(ParseSeconds(text), std::invalid_argument) << text;
  }
}

TEST(ParsePositive, RefusesZeroAndWhatIsNotFinite) {
  EXPECT_EQ(ParsePositive("0.25"), 0.25);
  for (const char* text : {"0", "-1", "nan", "inf", "1e400", ""}) {
    EXPECT_THROW(ParsePositive(text), std::invalid_argument) << text;
  }
}

TEST(SplitList, RefusesEmptyParts) {
  EXPECT_EQ(SplitList("a,b=1"), (std::vector<std::string>{"a", "b=1"}));
  for (const char* text : {"", ",", "a,", ",a", "a,,b"}) {
    EXPECT_THROW(SplitList(text), std::invalid_argument) << text;
  }
}

TEST(ParseCounts, ChecksEveryPart) {
  EXPECT_EQ(ParseCounts("1,1e3", kSizes), (std::vector<std::int64_t>{1, 1000}));
  EXPECT_THROW(ParseCounts("1,0", kSizes), std::invalid_argument);
}

}  // namespace
}  // namespace biasbench::bench
