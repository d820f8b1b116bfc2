#include "bench/instance/malloc_counter.h"

#include <malloc.h>

#include <atomic>
#include <bit>
#include <cerrno>
#include <cstddef>
#include <utility>

namespace biasbench::bench {
namespace {

constinit std::atomic<std::int64_t> allocated_bytes = 0;
constinit std::atomic<std::int64_t> peak_allocated_bytes = 0;
constinit thread_local std::int64_t requests_until_refusal = 0;

}  // namespace

std::int64_t AllocatedBytes() { return allocated_bytes.load(std::memory_order_relaxed); }

std::int64_t PeakAllocatedBytes() { return peak_allocated_bytes.load(std::memory_order_relaxed); }

void ResetPeakAllocatedBytes() {
  peak_allocated_bytes.store(AllocatedBytes(), std::memory_order_relaxed);
}

std::int64_t RefuseAllocation(std::int64_t count) {
  return std::exchange(requests_until_refusal, count);
}

#if !BIASBENCH_SANITIZED
namespace {

bool IsRefused() { return requests_until_refusal > 0 && --requests_until_refusal == 0; }

void Count(std::int64_t bytes) {
  const std::int64_t now = allocated_bytes.fetch_add(bytes, std::memory_order_relaxed) + bytes;
  std::int64_t peak = peak_allocated_bytes.load(std::memory_order_relaxed);
  while (now > peak &&
         !peak_allocated_bytes.compare_exchange_weak(peak, now, std::memory_order_relaxed)) {
  }
}

std::int64_t UsableBytes(void* block) {
  return static_cast<std::int64_t>(malloc_usable_size(block));  // 0 for null
}

// Calls `allocate` and counts the result; null if the request is to be refused.
template <class Allocate>
void* Counted(const Allocate& allocate) {
  void* const block = IsRefused() ? nullptr : allocate();
  Count(UsableBytes(block));
  return block;
}

}  // namespace
#endif

}  // namespace biasbench::bench

#if !BIASBENCH_SANITIZED

using biasbench::bench::Count;
using biasbench::bench::Counted;
using biasbench::bench::IsRefused;
using biasbench::bench::UsableBytes;

extern "C" {

// Further names of glibc's own malloc and its relatives.
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* block, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
void __libc_free(void* block);

void* malloc(std::size_t size) noexcept {
  return Counted([&] { return __libc_malloc(size); });
}

void* calloc(std::size_t count, std::size_t size) noexcept {
  return Counted([&] { return __libc_calloc(count, size); });
}

void* realloc(void* block, std::size_t size) noexcept {
  if (IsRefused()) return nullptr;
  const std::int64_t before = UsableBytes(block);
  void* const moved = __libc_realloc(block, size);
  // Null is a failure that leaves the block alone, unless the block was to be freed.
  if (moved != nullptr || size == 0) Count(UsableBytes(moved) - before);
  return moved;
}

void* memalign(std::size_t alignment, std::size_t size) noexcept {
  return Counted([&] { return __libc_memalign(alignment, size); });
}

void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
  return Counted([&] { return __libc_memalign(alignment, size); });
}

int posix_memalign(void** block, std::size_t alignment, std::size_t size) noexcept {
  if (alignment % sizeof(void*) != 0 || !std::has_single_bit(alignment)) return EINVAL;
  void* const aligned = Counted([&] { return __libc_memalign(alignment, size); });
  if (aligned == nullptr) return ENOMEM;
  *block = aligned;
  return 0;
}

void free(void* block) noexcept {
  Count(-UsableBytes(block));
  __libc_free(block);
}

}  // extern "C"

#endif
