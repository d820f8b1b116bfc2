// Numbers that every hidden node has a share in: each chunk hands in the sum over its nodes, in
// single precision, and these are added in double in the tree over chunks (tree_sum.h).
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "memory/ledger.h"
#include "memory/tracked_buffer.h"
#include "schedule/memory_sum.h"
#include "schedule/tiling.h"
#include "schedule/tree_sum.h"

namespace biasbench::schedule {

class ChunkSums {
 public:
  ChunkSums() = default;
  // For up to `size` numbers. Where a unit is a chunk all chunks' shares are kept; else each thread
  // has one, a unit's partial sums, and all units' sums are kept. Throws memory::OutOfMemory.
  ChunkSums(memory::Ledger& ledger, memory::Category category, const Tiling& tiling, int threads,
            std::int64_t size);
  // The formula of those bytes.
  static void AddBytes(memory::Category category, const Tiling& tiling, int threads,
                       std::int64_t size, MemorySum& sum);

  // The place for the chunk's share of `count` numbers (the same in all chunks of a pass), which
  // the thread that has the chunk fills.
  float* Share(std::int64_t chunk, int thread, std::int64_t count) const;
  // The share is complete.
  void Close(std::int64_t chunk, int thread, std::int64_t count);

  // use(i, the sum over all chunks of number i) for i < count, after a pass over all of them.
  template <class Use>
  void ForEachTotal(std::int64_t count, const Use& use) const {
    if (trees_.empty()) {
      AddUnits(shares_.data(), count, use);
    } else {
      AddUnits(unit_sums_.data(), count, use);
    }
  }
  // Of a pass whose shares are one number each.
  float OnlyTotal() const {
    float total = 0;
    ForEachTotal(1, [&](std::int64_t /*i*/, double sum) { total = static_cast<float>(sum); });
    return total;
  }

 private:
  // A thread's bytes: its share, then the partial sums of its unit.
  static std::int64_t ShareBytes(std::int64_t size);
  static std::int64_t ThreadBytes(const Tiling& tiling, std::int64_t size);
  std::byte* Thread(int thread) const { return by_thread_.data() + thread * thread_bytes_; }
  template <class Number, class Use>
  void AddUnits(const Number* units, std::int64_t count, const Use& use) const {
    constexpr std::int64_t kBlock = 64;  // numbers at a time: partial sums of 4 KiB
    for (std::int64_t begin = 0; begin < count; begin += kBlock) {
      const std::int64_t block = std::min(kBlock, count - begin);
      double partial[kUnitLevels * kBlock];
      TreeSum tree(block, partial);
      for (std::int64_t unit = 0; unit < tiling_.units(); ++unit) {
        tree.Add(unit, 0, units + unit * count + begin);
      }
      const double* totals = tree.Total();
      for (std::int64_t i = 0; i < block; ++i) use(begin + i, totals[i]);
    }
  }

  Tiling tiling_{1, 1, 1, 1};
  std::int64_t size_ = 0;
  std::int64_t thread_bytes_ = 0;
  memory::TrackedBuffer<float> shares_;         // (chunks, count), where a unit is a chunk
  memory::TrackedBuffer<double> unit_sums_;     // (units, count), else
  memory::TrackedBuffer<std::byte> by_thread_;  // (threads, thread_bytes_), else
  std::vector<TreeSum> trees_;                  // by thread: its unit's, else
};

}  // namespace biasbench::schedule
