#include <gtest/gtest.h>
#include <omp.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

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

// The faults of each thread of a team so far: one for each page that it was the first to touch.
std::vector<long> FaultsByThread(int threads) {
  std::vector<long> faults(static_cast<std::size_t>(threads));
#pragma omp parallel num_threads(threads)
  {
    rusage usage{};
    getrusage(RUSAGE_THREAD, &usage);
    faults[static_cast<std::size_t>(omp_get_thread_num())] = usage.ru_minflt;
  }
  return faults;
}

TEST(TrackedBuffer, EachThreadTouchesItsPart) {
  constexpr int kThreads = 4;
  constexpr std::int64_t kPages = 4000;  // of 4 KiB: too small for huge ones
  const int before_test = omp_get_max_threads();
  omp_set_num_threads(kThreads);
  FaultsByThread(kThreads);  // the team starts
  const std::vector<long> before = FaultsByThread(kThreads);
  Ledger ledger;
  const TrackedBuffer<std::byte> buffer(ledger, Category::kActivations, kPages * kSmallPageBytes);
  const std::vector<long> after = FaultsByThread(kThreads);
  omp_set_num_threads(before_test);
  std::vector<double> faults(kThreads);
  for (std::size_t i = 0; i < kThreads; ++i) faults[i] = static_cast<double>(after[i] - before[i]);
  const double all =
      std::accumulate(faults.begin(), faults.end(), 0.0);  // a sanitizer adds its own
  EXPECT_GE(all, kPages);
  for (const double own : faults) EXPECT_NEAR(own / all, 1.0 / kThreads, 0.03);
}

#ifdef BIASBENCH_HAS_MEMORY_NODES
// The node that memory lies on, and the one that the calling thread runs on.
int NodeOf(const void* page) {
  constexpr unsigned kNodeOfAddress = 3;  // MPOL_F_NODE | MPOL_F_ADDR
  int node = -1;
  EXPECT_EQ(syscall(SYS_get_mempolicy, &node, nullptr, 0, page, kNodeOfAddress), 0);
  return node;
}
int NodeOfThread() {
  unsigned processor = 0;
  unsigned node = 0;
  EXPECT_EQ(syscall(SYS_getcpu, &processor, &node, nullptr), 0);
  return static_cast<int>(node);
}

TEST(TrackedBuffer, PagesLieOnTheNodeOfTheirThread) {
  constexpr std::int64_t kBytes = std::int64_t{16} << 20;
  Ledger ledger;
  const TrackedBuffer<std::byte> buffer(ledger, Category::kActivations, kBytes);
#pragma omp parallel
  {
    const std::int64_t middle =
        (2 * omp_get_thread_num() + 1) * kBytes / (2 * omp_get_num_threads());
    const int node = NodeOfThread();
    const int page_node = NodeOf(&buffer[middle]);
#pragma omp critical
    EXPECT_EQ(page_node, node) << "thread " << omp_get_thread_num();
  }
}
#endif

}  // namespace
}  // namespace biasbench::memory
