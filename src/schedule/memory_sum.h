// The predicted memory of a network, added up by formula: the bytes that the ledger will track,
// without allocating any.
#pragma once

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <stdexcept>

#include "memory/ledger.h"
#include "memory/tracked_buffer.h"

namespace biasbench::schedule {

inline constexpr std::int64_t kFloatBytes = sizeof(float);
inline constexpr std::int64_t kDoubleBytes = sizeof(double);

struct Footprint {
  memory::CategoryBytes at_peak;  // without the dataset
  memory::Phase peak_phase = memory::Phase::kBuild;

  std::int64_t peak_bytes() const { return at_peak.TotalWithoutDataset(); }
};

// Buffers in the order in which training makes them; the total only grows, so the peak is reached
// in the last phase that adds anything. Throws std::overflow_error above 2^59 bytes.
class MemorySum {
 public:
  void Enter(memory::Phase phase) { phase_ = phase; }

  // A buffer of as many bytes as the factors' product.
  void Add(memory::Category category, std::initializer_list<std::int64_t> factors) {
    const std::int64_t bytes = Multiply(factors);
    if (bytes == 0) return;
    footprint_.at_peak.Add(category, bytes, memory::MappedBytes(bytes) - bytes);
    footprint_.peak_phase = phase_;
    Check(footprint_.peak_bytes(), false);
  }

  static std::int64_t Multiply(std::initializer_list<std::int64_t> factors) {
    // A product with a factor of zero must not overflow, whatever the order.
    if (std::ranges::count(factors, 0) > 0) return 0;
    std::int64_t product = 1;
    for (const std::int64_t factor : factors) {
      const bool has_overflowed = __builtin_mul_overflow(product, factor, &product);
      Check(product, has_overflowed);
    }
    return product;
  }

  const Footprint& footprint() const { return footprint_; }

 private:
  // The largest accepted product, half an exbibyte: sums of a few still fit 63 bits.
  static constexpr std::int64_t kMaxBytes = std::int64_t{1} << 59;

  static void Check(std::int64_t bytes, bool has_overflowed) {
    if (has_overflowed || bytes > kMaxBytes) {
      throw std::overflow_error("the shape needs more than 2^59 bytes");
    }
  }

  memory::Phase phase_ = memory::Phase::kBuild;
  Footprint footprint_;
};

}  // namespace biasbench::schedule
