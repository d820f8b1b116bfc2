#include "text/quantity.h"

#include <gtest/gtest.h>

namespace biasbench::text {
namespace {

TEST(Quantity, DigitsCountFromTheFirstThatIsNotZero) {
  EXPECT_EQ(Significant(0.012419, 3), "0.0124");
  EXPECT_EQ(Significant(100, 3), "100");
  EXPECT_EQ(Significant(2, 3), "2.00");
  EXPECT_EQ(Significant(-66.41, 3), "-66.4");
  EXPECT_EQ(Significant(1.2345e-7, 3), "1.23e-07");
}

TEST(Quantity, NumbersKeepAllDigitsBeforeThePoint) {
  EXPECT_EQ(Number(66.4213), "66.42");
  EXPECT_EQ(Number(0.00084612), "0.0008461");
  EXPECT_EQ(Number(123456.7), "123457");
  EXPECT_EQ(Number(9999), "9999");
  EXPECT_EQ(Number(5e66), "5.000e+66");
}

TEST(Quantity, BytesHaveTheLargestUnitThatFits) {
  EXPECT_EQ(Bytes(0), "0 B");
  EXPECT_EQ(Bytes(1023), "1023 B");
  EXPECT_EQ(Bytes(1024), "1.000 KiB");
  EXPECT_EQ(Bytes(-4096), "-4.000 KiB");
  // Biases of a thousandth of the peak show.
  EXPECT_EQ(Bytes(3442728960), "3.206 GiB");
  EXPECT_EQ(Bytes(3438723072), "3.203 GiB");
  EXPECT_EQ(Bytes(1e18), "888.2 PiB");
}

TEST(Quantity, Shares) {
  EXPECT_EQ(Percent(0), "0 %");
  EXPECT_EQ(Percent(0.0011635), "0.116 %");
  EXPECT_EQ(Percent(0.9286), "92.9 %");
  EXPECT_EQ(Percent(1), "100 %");
}

TEST(Quantity, Times) {
  EXPECT_EQ(Seconds(0.9661), "966 ms");
  EXPECT_EQ(Seconds(80.12), "80.1 s");
  EXPECT_EQ(Seconds(7201), "7201 s");
  EXPECT_EQ(Seconds(1.5e-5), "15.0 us");
  EXPECT_EQ(Seconds(0), "0.00 ns");
  EXPECT_EQ(Clock(34.6), "0:35");
  EXPECT_EQ(Clock(3599), "59:59");
  EXPECT_EQ(Clock(7500), "2:05:00");
}

}  // namespace
}  // namespace biasbench::text
