#include "machine/resident_memory.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "machine/sanitizer.h"
#include "memory/tracked_buffer.h"

namespace biasbench::machine {
namespace {

constexpr std::int64_t kMiB = 1 << 20;

testing::AssertionResult IsNear(std::int64_t growth_bytes, std::int64_t expected_bytes) {
  if (std::abs(growth_bytes - expected_bytes) <= CalibrationBoundBytes()) {
    return testing::AssertionSuccess();
  }
  return testing::AssertionFailure() << "grew by " << growth_bytes << " bytes, expected "
                                     << expected_bytes << " within " << CalibrationBoundBytes();
}

class ResidentMemory : public testing::Test {
 protected:
  void SetUp() override {
    if (kSanitized) GTEST_SKIP() << "sanitizers keep pages of their own";
  }
};

TEST_F(ResidentMemory, CalibrationAgreesHere) {
  EXPECT_EQ(CalibrateResidentMemory(), std::nullopt);
}

TEST_F(ResidentMemory, PeakOutlivesABufferUntilItIsReset) {
  memory::Ledger ledger;
  ResetPeakResidentBytes();
  const std::int64_t before = PeakResidentBytes();
  {
    const memory::TrackedBuffer<float> buffer(ledger, memory::Category::kWorkspace, 16 * kMiB);
    EXPECT_TRUE(IsNear(ResidentBytes() - before, 64 * kMiB));
  }
  EXPECT_TRUE(IsNear(PeakResidentBytes() - before, 64 * kMiB));
  EXPECT_TRUE(IsNear(ResidentBytes() - before, 0));
  ResetPeakResidentBytes();
  EXPECT_TRUE(IsNear(PeakResidentBytes() - before, 0));
}

TEST_F(ResidentMemory, AnonymousPagesHoldABuffer) {
  memory::Ledger ledger;
  const MappedMemory before = ReadMappedMemory();
  const memory::TrackedBuffer<float> buffer(ledger, memory::Category::kWorkspace, 16 * kMiB);
  const MappedMemory after = ReadMappedMemory();
  EXPECT_TRUE(IsNear(after.anonymous_bytes - before.anonymous_bytes, 64 * kMiB));
  EXPECT_LE(after.anon_huge_bytes - before.anon_huge_bytes, 64 * kMiB);
}

}  // namespace
}  // namespace biasbench::machine
