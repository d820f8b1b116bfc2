#include "memory/tracked_buffer.h"

#include <fmt/format.h>
#include <omp.h>
#include <sys/mman.h>

namespace biasbench::memory {
namespace {

// Maps `mapped` bytes; at huge-page sizes aligned to a huge page, so that the kernel can use them.
void* Map(std::int64_t mapped) {
  const bool huge = mapped >= kHugePageThresholdBytes;
  const std::int64_t slack = huge ? kHugePageBytes : 0;
  const auto length = static_cast<std::size_t>(mapped + slack);
  void* address = mmap(nullptr, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (address == MAP_FAILED) return nullptr;
  if (!huge) return address;
  auto* begin = static_cast<std::byte*>(address);
  const auto offset = static_cast<std::int64_t>(reinterpret_cast<std::uintptr_t>(begin) %
                                                static_cast<std::uintptr_t>(kHugePageBytes));
  const std::int64_t before = (kHugePageBytes - offset) % kHugePageBytes;
  const std::int64_t after = slack - before;
  if (before > 0) munmap(begin, static_cast<std::size_t>(before));
  if (after > 0) munmap(begin + before + mapped, static_cast<std::size_t>(after));
  madvise(begin + before, static_cast<std::size_t>(mapped), MADV_HUGEPAGE);
  return begin + before;
}

// The size below which starting a team takes longer than touching (1 MiB: 256 faults, some 60 µs).
constexpr std::int64_t kSharedTouchBytes = std::int64_t{1} << 20;

// Pages count as resident only once touched; where there are several memory nodes each lies near
// the thread that touched it first. Thread t of T touches the t-th T-th of a buffer: that is the
// part that it works on, of arrays by hidden node (schedule::Tiling) as of those by thread.
void TouchEveryPage(void* data, std::int64_t mapped) {
  const std::int64_t pages = mapped / kSmallPageBytes;
  const auto touch = [=](std::int64_t begin, std::int64_t end) {
    auto* bytes = static_cast<volatile std::byte*>(data);
    for (std::int64_t page = begin; page < end; ++page) {
      bytes[page * kSmallPageBytes] = std::byte{0};
    }
  };
  if (mapped < kSharedTouchBytes) return touch(0, pages);
#pragma omp parallel
  {
    const std::int64_t thread = omp_get_thread_num();
    const std::int64_t team = omp_get_num_threads();
    touch(thread * pages / team, (thread + 1) * pages / team);
  }
}

}  // namespace

OutOfMemory::OutOfMemory(std::int64_t bytes)
    : message_(fmt::format("out of memory: the system refused {} bytes", bytes)) {}

TrackedPages::TrackedPages(Ledger& ledger, Category category, std::int64_t bytes)
    : ledger_(&ledger), category_(category), bytes_(bytes) {
  if (bytes == 0) return;
  const std::int64_t mapped = MappedBytes(bytes);
  data_ = Map(mapped);
  if (data_ == nullptr) throw OutOfMemory(bytes);
  TouchEveryPage(data_, mapped);
  Enter(1);
}

TrackedPages::~TrackedPages() {
  if (data_ == nullptr) return;
  munmap(data_, static_cast<std::size_t>(MappedBytes(bytes_)));
  Enter(-1);
}

void TrackedPages::Enter(std::int64_t sign) {
  ledger_->Add(category_, sign * bytes_, sign * (MappedBytes(bytes_) - bytes_));
}

void TrackedPages::Swap(TrackedPages& other) noexcept {
  std::swap(ledger_, other.ledger_);
  std::swap(category_, other.category_);
  std::swap(bytes_, other.bytes_);
  std::swap(data_, other.data_);
}

}  // namespace biasbench::memory
