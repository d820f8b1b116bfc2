#include "report/numbers.h"

#include <gtest/gtest.h>

namespace biasbench::report {
namespace {

TEST(Numbers, AreExactOrForPeople) {
  EXPECT_EQ(Integer(0), "0");
  EXPECT_EQ(Integer(999), "999");
  EXPECT_EQ(Integer(1000), "1,000");
  EXPECT_EQ(Integer(-12'000'120), "−12,000,120");
  EXPECT_EQ(Integer(9'540'000'121.0), "9,540,000,121");
  EXPECT_EQ(Bytes(40), "40 B");
  EXPECT_EQ(Bytes(4'000'004), "3.81 MiB");
  EXPECT_EQ(Mebibytes(40), "<0.01");
  EXPECT_EQ(Mebibytes(0), "0.00");
  EXPECT_EQ(Percent(0.00126), "0.126 %");
  EXPECT_EQ(ThreeDigits(0.0012345), "0.00123");
  EXPECT_EQ(ThreeDigits(42), "42.0");
  EXPECT_EQ(ThreeDigits(784), "784");
  EXPECT_EQ(ThreeDigits(999.7), "1,000");
  EXPECT_EQ(ThreeDigits(0), "0");
  EXPECT_EQ(ThreeDigits(-999'999.4), "−999,999");
  EXPECT_EQ(ThreeDigits(999'999.6), "1.00e+06");
  EXPECT_EQ(ThreeDigits(-1.234e67), "-1.23e+67");
}

}  // namespace
}  // namespace biasbench::report
