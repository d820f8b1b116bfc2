#include "machine/roofline.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace biasbench::machine {
namespace {

constexpr std::int64_t kMiB = 1 << 20;

TEST(Roofline, ArrayIsAGibibyteOrAQuarterOfWhatIsThere) {
  EXPECT_EQ(BandwidthArrayBytes(1'048'576 * kMiB), 1024 * kMiB);
  EXPECT_EQ(BandwidthArrayBytes(1025 * kMiB), 256 * kMiB);
  EXPECT_EQ(BandwidthArrayBytes(256 * kMiB), 64 * kMiB);
  EXPECT_THROW(BandwidthArrayBytes(255 * kMiB), std::runtime_error);
}

TEST(Roofline, RefusesWhatCannotBeMeasured) {
  EXPECT_THROW(MeasureRoofline(0, 64 * kMiB), std::invalid_argument);
  EXPECT_THROW(MeasureRoofline(1, kMiB - 1), std::invalid_argument);
}

// Bounds that hold for any machine this could run on, sanitized and busy or not: no loop is left
// out by the compiler (figures would be absurdly high), none is mistaken by a unit.
TEST(Roofline, FiguresAreOfAMachine) {
  // 200 MiB + 3 bytes: a tail that the blocks leave out.
  const Roofline roofline = MeasureRoofline(2, 200 * kMiB + 3);
  EXPECT_EQ(roofline.array_bytes, 200 * kMiB);
  EXPECT_EQ(roofline.threads, 2);
  EXPECT_GT(roofline.peak_flops_per_second, 1e7);
  // Two threads of two 512-bit units at 6 GHz.
  EXPECT_LT(roofline.peak_flops_per_second, 2 * 2 * 2 * 16 * 6e9);
  for (const double bandwidth : {roofline.read_bytes_per_second, roofline.update_bytes_per_second,
                                 roofline.write_bytes_per_second}) {
    EXPECT_GT(bandwidth, 1e7);
    EXPECT_LT(bandwidth, 1e12);
  }
}

TEST(Speedometer, SpeedsAreOfAMachine) {
  Speedometer speedometer(64 * kMiB + 3);
  for (const int threads : {1, 2}) {
    const Speed speed = speedometer.Measure(threads);
    EXPECT_GT(speed.flops_per_second, 1e7);
    EXPECT_LT(speed.flops_per_second, 2 * 2 * 2 * 16 * 6e9);
    EXPECT_GT(speed.update_bytes_per_second, 1e7);
    EXPECT_LT(speed.update_bytes_per_second, 1e12);
  }
  EXPECT_THROW(speedometer.Measure(0), std::invalid_argument);
  EXPECT_THROW(Speedometer(kMiB - 1), std::invalid_argument);
}

}  // namespace
}  // namespace biasbench::machine
