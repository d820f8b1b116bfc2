#include "machine/roofline.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace biasbench::machine {
namespace {

constexpr std::int64_t kMiB = std::int64_t{1} << 20;

TEST(BandwidthArray, IsBeyondTheCachesOrAQuarterOfWhatIsThere) {
  EXPECT_EQ(BandwidthArrayBytes(1'048'576 * kMiB, 32 * kMiB), 1024 * kMiB);
  EXPECT_EQ(BandwidthArrayBytes(1'048'576 * kMiB, 384 * kMiB), 3072 * kMiB);
  EXPECT_EQ(BandwidthArrayBytes(4096 * kMiB, 384 * kMiB), 1024 * kMiB);
  EXPECT_EQ(BandwidthArrayBytes(1025 * kMiB, 0), 256 * kMiB);
  EXPECT_EQ(BandwidthArrayBytes(256 * kMiB, 0), 64 * kMiB);
  EXPECT_THROW(BandwidthArrayBytes(255 * kMiB, 0), std::runtime_error);
}

TEST(Peaks, AreReadAsTheyAreWritten) {
  const Peaks peaks{.flops_per_second = 1,
                    .bfloat16_flops_per_second = 2,
                    .bytes_per_second = 3,
                    .read_bytes_per_second = 4};
  EXPECT_EQ(ToJson(PeaksFromJson(ToJson(peaks))), ToJson(peaks));
  EXPECT_EQ(PeaksFromJson(ToJson(peaks)).bytes_per_second, 3);
  EXPECT_EQ(PeaksFromJson(ToJson(peaks)).read_bytes_per_second, 4);
}

TEST(Yardstick, RefusesWhatCannotBeMeasured) {
  EXPECT_THROW(Yardstick(kMiB - 1), std::invalid_argument);
  EXPECT_THROW(Yardstick(kMiB).Measure(0), std::invalid_argument);
}

// Bounds that hold for any machine this could run on, sanitized and busy or not: no loop is left
// out by the compiler (figures would be absurdly high), none is mistaken by a unit.
TEST(Yardstick, PeaksAreOfAMachine) {
  Yardstick yardstick(300 * kMiB + 3);  // a tail that the parts leave out
  for (const int threads : {1, 2}) {
    // Threads of two 512-bit units at 6 GHz.
    const double most_flops = threads * 2 * 2 * 16 * 6e9;
    const Peaks peaks = yardstick.Measure(threads);
    EXPECT_GT(peaks.flops_per_second, 1e7);
    EXPECT_LT(peaks.flops_per_second, most_flops);
    EXPECT_LT(peaks.bfloat16_flops_per_second, 2 * most_flops);
    EXPECT_GT(peaks.bytes_per_second, 1e7);
    EXPECT_LT(peaks.bytes_per_second, 1e12);
    EXPECT_GT(peaks.read_bytes_per_second, 1e7);
    EXPECT_LT(peaks.read_bytes_per_second, 1e12);
#ifdef __AVX512BF16__
    EXPECT_GT(peaks.bfloat16_flops_per_second, 1e7);
#else
    EXPECT_EQ(peaks.bfloat16_flops_per_second, 0);
#endif
  }
}

TEST(Yardstick, SmallerThanAPart) { EXPECT_GT(Yardstick(kMiB).Measure(3).bytes_per_second, 1e7); }

}  // namespace
}  // namespace biasbench::machine
