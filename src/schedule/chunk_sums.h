// Sums over all hidden nodes: each chunk contributes the sum over its nodes in single precision,
// and these are added in double in the tree over chunks (tree_sum.h) of all ranks (rank_sums.h).
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "memory/ledger.h"
#include "memory/tracked_buffer.h"
#include "schedule/memory_sum.h"
#include "schedule/rank_sums.h"
#include "schedule/tiling.h"
#include "schedule/tree_sum.h"

namespace biasbench::schedule {

class ChunkSums {
 public:
  ChunkSums() = default;
  // Allocates for sums of up to `size` numbers. If a unit is one chunk, all chunks' shares are
  // kept; else each thread has one share and its unit's partial sums, and all units' sums are kept.
  // `exchange` as in RankSums. Throws memory::OutOfMemory.
  ChunkSums(memory::Ledger& ledger, memory::Category category, const Tiling& tiling, int threads,
            std::int64_t size, ranks::Exchange* exchange);
  // The formula of its buffers' bytes.
  static void AddBytes(memory::Category category, const Tiling& tiling, int threads,
                       std::int64_t size, MemorySum& sum);

  // Room for the chunk's share of `count` numbers (the same in all chunks of a pass), to be filled
  // by the thread that owns the chunk.
  float* Share(std::int64_t chunk, int thread, std::int64_t count) const;
  // Completes the chunk's share, and adds it to its unit's sum where units hold several chunks.
  void Close(std::int64_t chunk, int thread, std::int64_t count);

  // Calls use(i, sum) with the sum over all ranks' chunks of number i, for i < count, after a pass
  // over all chunks.
  template <class Use>
  void ForEachTotal(std::int64_t count, const Use& use) const {
    if (tiling_.unit_chunks() == 1) {
      AddUnits(shares_.data(), count, use);
    } else {
      AddUnits(unit_sums_.data(), count, use);
    }
  }
  // The total of a pass whose shares are one number each.
  float OnlyTotal() const {
    float total = 0;
    ForEachTotal(1, [&](std::int64_t /*i*/, double sum) { total = static_cast<float>(sum); });
    return total;
  }

 private:
  // The bytes of a thread: its share, then the partial sums of its unit.
  static std::int64_t ShareBytes(std::int64_t size);
  static std::int64_t ThreadBytes(const Tiling& tiling, std::int64_t size);
  std::byte* Thread(int thread) const { return by_thread_.data() + thread * thread_bytes_; }
  template <class Number, class Use>
  void AddUnits(const Number* units, std::int64_t count, const Use& use) const {
    if (!ranks_.is_alone()) {
      const double* totals = ranks_.Total(units, count);
      for (std::int64_t i = 0; i < count; ++i) use(i, totals[i]);
      return;
    }
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
  memory::TrackedBuffer<double> rank_room_;
  RankSums ranks_;
};

}  // namespace biasbench::schedule
