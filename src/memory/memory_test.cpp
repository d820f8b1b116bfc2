#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <utility>

#include "memory/ledger.h"
#include "memory/tracked_buffer.h"

namespace biasbench::memory {
namespace {

TEST(MappedBytes, RoundsToPages) {
  EXPECT_EQ(MappedBytes(0), 0);
  EXPECT_EQ(MappedBytes(1), 4096);
  EXPECT_EQ(MappedBytes(4096), 4096);
  EXPECT_EQ(MappedBytes(kHugePageThresholdBytes - 1), kHugePageThresholdBytes);
  EXPECT_EQ(MappedBytes(kHugePageThresholdBytes), kHugePageThresholdBytes);
  EXPECT_EQ(MappedBytes(kHugePageThresholdBytes + 1), kHugePageThresholdBytes + kHugePageBytes);
}

TEST(Ledger, CountsBytesAndPaddingWhileABufferLives) {
  Ledger ledger;
  {
    const TrackedBuffer<float> bias(ledger, Category::kHiddenBias, 1'000'000);
    EXPECT_EQ(ledger.current()[Category::kHiddenBias], 4'000'000);
    EXPECT_EQ(ledger.current()[Category::kPadding], MappedBytes(4'000'000) - 4'000'000);
    EXPECT_EQ(ledger.current().BiasBytes(), 4'000'000);
  }
  EXPECT_EQ(ledger.current(), CategoryBytes{});
  EXPECT_EQ(ledger.peak_bytes(), MappedBytes(4'000'000));
  const TrackedBuffer<float> again(ledger, Category::kHiddenBias, 1);
  const TrackedBuffer<float> images(ledger, Category::kDataset, 1);
  EXPECT_EQ(ledger.made().buffers, 2);
  EXPECT_EQ(ledger.made().bytes, MappedBytes(4'000'000) + 4096);
}

TEST(Ledger, KeepsPeaksByPhaseAndTheMomentOfTheTotalPeak) {
  Ledger ledger;
  const TrackedBuffer<std::uint8_t> weights(ledger, Category::kHiddenWeights, 8192);
  ledger.EnterPhase(Phase::kForward);
  TrackedBuffer<std::uint8_t> activations(ledger, Category::kActivations, 4096);
  ledger.EnterPhase(Phase::kBackward);
  activations = {};
  const TrackedBuffer<std::uint8_t> gradient(ledger, Category::kWeightGradient, 2048);
  EXPECT_EQ(ledger.peak_phase(), Phase::kForward);
  EXPECT_EQ(ledger.peak_bytes(), 8192 + 4096);
  EXPECT_EQ(ledger.at_peak()[Category::kWeightGradient], 0);
  EXPECT_EQ(ledger.peak_in(Phase::kBuild)[Category::kHiddenWeights], 8192);
  EXPECT_EQ(ledger.peak_in(Phase::kBackward)[Category::kWeightGradient], 2048);
  EXPECT_EQ(ledger.peak_in(Phase::kUpdate)[Category::kHiddenWeights], 0);
}

TEST(Ledger, KnowsWhatPaddingTheBiasesCause) {
  Ledger ledger;
  const TrackedBuffer<float> weights(ledger, Category::kHiddenWeights, 1);
  {
    const TrackedBuffer<float> bias(ledger, Category::kHiddenBias, 1000);
    const TrackedBuffer<float> sums(ledger, Category::kBiasReduction, 2);
    EXPECT_EQ(ledger.current().BiasBytes(), 4000 + 8);
    EXPECT_EQ(ledger.current().bias_padding(), 96 + 4088);
    EXPECT_EQ(ledger.current()[Category::kPadding], 96 + 4088 + 4092);
  }
  EXPECT_EQ(ledger.current().bias_padding(), 0);
  EXPECT_EQ(ledger.at_peak().bias_padding(), 96 + 4088);
}

TEST(Ledger, KnowsWhatEachPhaseHasComeToHoldAndWhatSetThePeak) {
  Ledger ledger;
  const TrackedBuffer<std::uint8_t> weights(ledger, Category::kHiddenWeights, 8192);
  EXPECT_EQ(ledger.peak_category(), Category::kHiddenWeights);
  EXPECT_EQ(ledger.held_after(Phase::kForward), nullptr);
  ledger.EnterPhase(Phase::kForward);
  TrackedBuffer<std::uint8_t> activations(ledger, Category::kActivations, 4096);
  const TrackedBuffer<std::uint8_t> workspace(ledger, Category::kWorkspace, 10);
  EXPECT_EQ(*ledger.held_after(Phase::kForward), ledger.current());
  ledger.EnterPhase(Phase::kUpdate);
  activations = {};
  ledger.EnterPhase(Phase::kForward);  // a second time changes neither
  ledger.EnterPhase(Phase::kUpdate);
  EXPECT_EQ(ledger.held_after(Phase::kBuild)->TotalWithoutDataset(), 8192);
  EXPECT_EQ((*ledger.held_after(Phase::kForward))[Category::kActivations], 4096);
  EXPECT_EQ(ledger.held_after(Phase::kUpdate)->TotalWithoutDataset(), 8192 + 4096);
  EXPECT_EQ(ledger.held_after(Phase::kBackward), nullptr);
  EXPECT_EQ(ledger.peak_phase(), Phase::kForward);
  EXPECT_EQ(ledger.peak_category(), Category::kActivations);
}

TEST(Ledger, LeavesTheDatasetOutOfThePeak) {
  Ledger ledger;
  const TrackedBuffer<std::uint8_t> images(ledger, Category::kDataset, 4096);
  EXPECT_EQ(ledger.peak_bytes(), 0);
  EXPECT_EQ(ledger.current()[Category::kDataset], 4096);
}

TEST(TrackedBuffer, IsZeroedAlignedAndMovable) {
  Ledger ledger;
  TrackedBuffer<float> large(ledger, Category::kWorkspace, kHugePageThresholdBytes / 4 + 1);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(large.data()) % kHugePageBytes, 0U);
  EXPECT_TRUE(std::ranges::all_of(large.span(), [](float v) { return v == 0.0F; }));
  large[large.size() - 1] = 5;
  const TrackedBuffer<float> moved = std::move(large);
  EXPECT_EQ(moved[moved.size() - 1], 5);
  EXPECT_TRUE(large.empty());  // NOLINT(bugprone-use-after-move): the moved-from state is promised
  EXPECT_EQ(ledger.current()[Category::kWorkspace], moved.size() * 4);
}

TEST(TrackedBuffer, EmptyHoldsNothing) {
  Ledger ledger;
  const TrackedBuffer<float> empty(ledger, Category::kHiddenBias, 0);
  EXPECT_TRUE(empty.empty());
  EXPECT_EQ(empty.data(), nullptr);
  EXPECT_EQ(ledger.peak_bytes(), 0);
}

TEST(TrackedBuffer, RefusalLeavesTheLedgerAsItWas) {
  Ledger ledger;
  EXPECT_THROW(TrackedBuffer<float>(ledger, Category::kWorkspace, std::int64_t{1} << 58),
               OutOfMemory);
  EXPECT_EQ(ledger.current(), CategoryBytes{});
}

}  // namespace
}  // namespace biasbench::memory
