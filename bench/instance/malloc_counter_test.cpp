#include "bench/instance/malloc_counter.h"

#include <gtest/gtest.h>
#include <malloc.h>

#include <cerrno>
#include <cstdlib>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "machine/sanitizer.h"

#if !BIASBENCH_SANITIZED

namespace biasbench::bench {
namespace {

constexpr std::size_t kBytes = 1 << 20;

// Allocates and frees, where a compiler would leave out both.
void Allocate(std::size_t bytes) {
  void* volatile block = std::malloc(bytes);
  std::free(block);
}

TEST(MallocCounter, CountsEveryKindOfAllocation) {
  const std::vector<std::function<void*()>> kinds = {
      [] { return std::malloc(kBytes); },
      [] { return std::calloc(kBytes / 16, 16); },
      [] { return std::realloc(std::malloc(10), kBytes); },
      [] { return std::aligned_alloc(64, kBytes); },
      [] { return memalign(4096, kBytes); },
      [] {
        void* block = nullptr;
        return posix_memalign(&block, 64, kBytes) == 0 ? block : nullptr;
      }};
  for (std::size_t kind = 0; kind < kinds.size(); ++kind) {
    const std::int64_t before = AllocatedBytes();
    void* const block = kinds[kind]();
    ASSERT_NE(block, nullptr) << kind;
    EXPECT_EQ(AllocatedBytes() - before, static_cast<std::int64_t>(malloc_usable_size(block)))
        << kind;
    std::free(block);
    EXPECT_EQ(AllocatedBytes(), before) << kind;
  }
}

TEST(MallocCounter, CountsOperatorNew) {
  const std::int64_t before = AllocatedBytes();
  auto block = std::make_unique<std::byte[]>(kBytes);
  EXPECT_GE(AllocatedBytes() - before, static_cast<std::int64_t>(kBytes));
  block.reset();
  EXPECT_EQ(AllocatedBytes(), before);
}

TEST(MallocCounter, KeepsThePeakUntilItIsReset) {
  ResetPeakAllocatedBytes();
  const std::int64_t before = AllocatedBytes();
  Allocate(kBytes);
  EXPECT_GE(PeakAllocatedBytes() - before, static_cast<std::int64_t>(kBytes));
  ResetPeakAllocatedBytes();
  EXPECT_LT(PeakAllocatedBytes() - before, static_cast<std::int64_t>(kBytes));
}

TEST(MallocCounter, RefusesWrongAlignmentsAsPosixDoes) {
  void* block = nullptr;
  EXPECT_EQ(posix_memalign(&block, 24, 8), EINVAL);
  EXPECT_EQ(posix_memalign(&block, 2, 8), EINVAL);
}

TEST(MallocCounter, LosesNothingWhenThreadsAllocateTogether) {
  const std::int64_t before = AllocatedBytes();
  {
    std::vector<std::jthread> threads;
    threads.reserve(4);
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([] {
        for (std::size_t n = 1; n <= 10'000; ++n) Allocate(n);
      });
    }
  }
  // The rest is what the system keeps for threads that have ended.
  EXPECT_LT(std::abs(AllocatedBytes() - before), 4096);
}

}  // namespace
}  // namespace biasbench::bench

#endif
