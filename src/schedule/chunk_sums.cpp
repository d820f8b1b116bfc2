#include "schedule/chunk_sums.h"

#include <algorithm>
#include <span>

namespace biasbench::schedule {

std::int64_t ChunkSums::ShareBytes(std::int64_t size) {
  constexpr std::int64_t kLineBytes = 64;  // so that no two threads write to the same
  return (MemorySum::Multiply({kFloatBytes, size}) + kLineBytes - 1) / kLineBytes * kLineBytes;
}

std::int64_t ChunkSums::ThreadBytes(const Tiling& tiling, std::int64_t size) {
  // Rounded up as the share is: a double's sums take the lines of twice as many floats.
  return ShareBytes(size) + ShareBytes(MemorySum::Multiply({2, tiling.unit_level(), size}));
}

ChunkSums::ChunkSums(memory::Ledger& ledger, memory::Category category, const Tiling& tiling,
                     int threads, std::int64_t size, ranks::Exchange* exchange)
    : tiling_(tiling),
      size_(size),
      thread_bytes_(ThreadBytes(tiling, size)),
      rank_room_(ledger, category, RankSums::RoomSize(tiling, size)),
      ranks_(tiling, exchange, rank_room_.span()) {
  if (tiling.unit_chunks() == 1) {
    shares_ = {ledger, category, tiling.chunks() * size};
    return;
  }
  unit_sums_ = {ledger, category, tiling.units() * size};
  by_thread_ = {ledger, category, threads * thread_bytes_};
  trees_.resize(static_cast<std::size_t>(threads), TreeSum(0, {}));
}

void ChunkSums::AddBytes(memory::Category category, const Tiling& tiling, int threads,
                         std::int64_t size, MemorySum& sum) {
  sum.Add(category, {kDoubleBytes, RankSums::RoomSize(tiling, size)});
  if (tiling.unit_chunks() == 1) {
    sum.Add(category, {kFloatBytes, tiling.chunks(), size});
    return;
  }
  sum.Add(category, {kDoubleBytes, tiling.units(), size});
  sum.Add(category, {threads, ThreadBytes(tiling, size)});
}

float* ChunkSums::Share(std::int64_t chunk, int thread, std::int64_t count) const {
  return trees_.empty() ? shares_.data() + chunk * count : reinterpret_cast<float*>(Thread(thread));
}

void ChunkSums::Close(std::int64_t chunk, int thread, std::int64_t count) {
  if (trees_.empty()) return;
  TreeSum& tree = trees_[static_cast<std::size_t>(thread)];
  if (chunk % tiling_.unit_chunks() == 0) {
    auto* partial = reinterpret_cast<double*>(Thread(thread) + ShareBytes(size_));
    tree = {count, {partial, static_cast<std::size_t>(tiling_.unit_level() * count)}};
  }
  tree.Add(chunk, 0, Share(chunk, thread, count));
  if (tiling_.IsLastOfUnit(chunk)) {
    std::copy_n(tree.Total(), count, &unit_sums_[chunk / tiling_.unit_chunks() * count]);
  }
}

}  // namespace biasbench::schedule
