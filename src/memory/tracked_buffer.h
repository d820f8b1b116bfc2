// Buffers entered in the ledger: pages mapped for each, zeroed, every page touched.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

#include "memory/ledger.h"

namespace biasbench::memory {

inline constexpr std::int64_t kSmallPageBytes = 4096;
inline constexpr std::int64_t kHugePageBytes = std::int64_t{2} << 20;
// The size from which on a buffer is aligned to huge pages and requests them: rounding up to 2 MiB
// then adds at most 1/16. (At a million nodes every H-sized array but the bias itself is above it.)
inline constexpr std::int64_t kHugePageThresholdBytes = std::int64_t{32} << 20;

// The bytes that a buffer of `bytes` occupies: whole pages. 0 for 0.
constexpr std::int64_t MappedBytes(std::int64_t bytes) {
  const std::int64_t page = bytes >= kHugePageThresholdBytes ? kHugePageBytes : kSmallPageBytes;
  return (bytes + page - 1) / page * page;
}

// The kernel refused the memory.
class OutOfMemory : public std::bad_alloc {
 public:
  explicit OutOfMemory(std::int64_t bytes);
  const char* what() const noexcept override { return message_.c_str(); }

 private:
  std::string message_;
};

// Page-aligned bytes entered in a ledger under a category, their rounding under `padding`.
class TrackedPages {
 public:
  TrackedPages() = default;
  // Throws OutOfMemory; the ledger is then as before.
  TrackedPages(Ledger& ledger, Category category, std::int64_t bytes);
  TrackedPages(TrackedPages&& other) noexcept { Swap(other); }
  TrackedPages& operator=(TrackedPages&& other) noexcept {
    TrackedPages(std::move(other)).Swap(*this);
    return *this;
  }
  ~TrackedPages();

  void* data() const { return data_; }

 private:
  void Swap(TrackedPages& other) noexcept;
  void Enter(std::int64_t sign);  // in the ledger: +1 made, −1 released

  Ledger* ledger_ = nullptr;
  Category category_ = Category::kWorkspace;
  std::int64_t bytes_ = 0;
  void* data_ = nullptr;
};

// `size` values of T, zero at first; empty (and without any memory) when default-constructed or of
// size 0. Freed by assigning an empty buffer.
template <class T>
class TrackedBuffer {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  TrackedBuffer() = default;
  TrackedBuffer(Ledger& ledger, Category category, std::int64_t size)
      : pages_(ledger, category, size * static_cast<std::int64_t>(sizeof(T))), size_(size) {}
  TrackedBuffer(TrackedBuffer&& other) noexcept
      : pages_(std::move(other.pages_)), size_(std::exchange(other.size_, 0)) {}
  TrackedBuffer& operator=(TrackedBuffer&& other) noexcept {
    pages_ = std::move(other.pages_);
    size_ = std::exchange(other.size_, 0);
    return *this;
  }
  ~TrackedBuffer() = default;

  // Handles to the values; constness is the holder's business, as with std::span.
  T* data() const { return static_cast<T*>(pages_.data()); }
  std::int64_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  T& operator[](std::int64_t i) const { return data()[i]; }
  std::span<T> span() const { return {data(), static_cast<std::size_t>(size_)}; }

 private:
  TrackedPages pages_;
  std::int64_t size_ = 0;
};

}  // namespace biasbench::memory
