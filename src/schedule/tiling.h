// The tiling of the hidden layer. A rank has a run of units; a thread takes a unit at a time; sums
// over a chunk are in single precision; a tile fits a core's cache. Chunks and tiles depend on the
// shape alone, never on the number of threads or ranks, so that results are bit-identical for any.
//
// |       | nodes                                                                           |
// | chunk | a power of two: at most 256 chunks, but never more than 4,096 nodes in one      |
// | unit  | an aligned power of two of chunks, the smallest that makes at most 256 a rank   |
//
// Nodes, chunks and units are numbered from the rank's first one on.
#pragma once

#include <omp.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <exception>

#include "bias/strategies.h"
#include "kernel/denormals.h"

namespace biasbench::schedule {

struct NodeRange {
  std::int64_t begin = 0;
  std::int64_t size = 0;
};

// The largest number of units: enough to feed many cores, few enough that their sums stay small.
inline constexpr std::int64_t kMaxUnits = 256;
inline constexpr int kUnitLevels = std::countr_zero(std::uint64_t{kMaxUnits});

// One of the ranks (processes) that a network's hidden nodes are divided among.
struct RankPlace {
  int rank = 0;
  int ranks = 1;

  bool operator==(const RankPlace&) const = default;
};

class Tiling {
 public:
  // `all_hidden` nodes are those of all ranks. `row_length` is the number of a hidden node's input
  // weights, a bias unit's included.
  Tiling(std::int64_t all_hidden, std::int64_t row_length, std::int64_t batch, std::int64_t group,
         RankPlace place = {})
      : chunk_nodes_(std::clamp(PowerOfTwoFrom(Quotient(all_hidden, kMaxUnits)), bias::kMaxGroup,
                                kMaxChunkNodes)),
        unit_chunks_(PowerOfTwoFrom(
            Quotient(Quotient(Quotient(all_hidden, chunk_nodes_), place.ranks), kMaxUnits))),
        all_units_(Quotient(all_hidden, chunk_nodes_ * unit_chunks_)),
        place_(place),
        first_node_(FirstUnitOf(place.rank) * chunk_nodes_ * unit_chunks_),
        hidden_(std::min(all_hidden, FirstUnitOf(place.rank + 1) * chunk_nodes_ * unit_chunks_) -
                first_node_),
        tile_nodes_(std::max(group, TileNodes(row_length, batch))) {
    if (hidden_ <= 0) first_node_ = hidden_ = 0;
  }

  // The rank's nodes, and the number of its first one among those of all ranks. (A rank may have
  // none.)
  std::int64_t hidden() const { return hidden_; }
  std::int64_t first_node() const { return first_node_; }
  RankPlace place() const { return place_; }
  // The rank's first unit among those of all ranks. The last rank's end is FirstUnitOf(ranks).
  std::int64_t FirstUnitOf(int rank) const { return Quotient(rank * all_units_, place_.ranks); }

  std::int64_t chunks() const { return Quotient(hidden_, chunk_nodes_); }
  std::int64_t chunk_nodes() const { return chunk_nodes_; }
  std::int64_t tile_nodes() const { return tile_nodes_; }
  std::int64_t units() const { return Quotient(chunks(), unit_chunks_); }
  std::int64_t unit_chunks() const { return unit_chunks_; }
  // A unit is 2^unit_level() chunks.
  int unit_level() const { return std::countr_zero(static_cast<std::uint64_t>(unit_chunks_)); }

  NodeRange Chunk(std::int64_t chunk) const {
    const std::int64_t begin = chunk * chunk_nodes_;
    return {begin, std::min(chunk_nodes_, hidden_ - begin)};
  }
  bool IsLastOfUnit(std::int64_t chunk) const {
    return (chunk + 1) % unit_chunks_ == 0 || chunk + 1 == chunks();
  }

  // Calls body(tile) for the chunk's tiles, in order.
  template <class Body>
  void ForEachTile(std::int64_t chunk, Body&& body) const {
    const NodeRange nodes = Chunk(chunk);
    const std::int64_t end = nodes.begin + nodes.size;
    for (std::int64_t begin = nodes.begin; begin < end; begin += tile_nodes_) {
      body(NodeRange{begin, std::min(tile_nodes_, end - begin)});
    }
  }

  // Calls body(chunk, thread) for every chunk, on `threads` threads. A thread takes whole units and
  // their chunks in order. Three units in four are the same thread's in every pass, near the memory
  // that it touched first (memory::TrackedPages): thread t of T has those of the t-th T-th of all
  // units. Throws one of the exceptions that bodies threw, after the last of them has ended.
  template <class Body>
  void ForEachChunk(int threads, Body&& body) const {
    std::exception_ptr exception;  // must not leave the parallel region
    const auto run = [&](std::int64_t unit) {
      try {
        const std::int64_t end = std::min((unit + 1) * unit_chunks_, chunks());
        for (std::int64_t chunk = unit * unit_chunks_; chunk < end; ++chunk) {
          body(chunk, omp_get_thread_num());
        }
      } catch (...) {
#pragma omp critical
        exception = std::current_exception();
      }
    };
    const std::int64_t count = units();
#pragma omp parallel num_threads(threads)
    {
      const kernel::FlushDenormals flush;
      const std::int64_t team = omp_get_num_threads();
      const std::int64_t thread = omp_get_thread_num();
      const std::int64_t end = (thread + 1) * count / team;
      for (std::int64_t unit = thread * count / team; unit < end; ++unit) {
        if (!IsShared(unit)) run(unit);
      }
#pragma omp for schedule(dynamic)
      for (std::int64_t unit = kSharedPart - 1; unit < count; unit += kSharedPart) run(unit);
    }
    if (exception) std::rethrow_exception(exception);
  }

 private:
  // One unit in kSharedPart goes to the first free thread: cores are not equally fast, least of all
  // where other programs use them. (There, at 784 inputs, 1.04 times as many steps at batch 64,
  // 1.06 to 1.15 at 16; one in two, or all, gain no more.)
  static constexpr std::int64_t kSharedPart = 4;
  static constexpr bool IsShared(std::int64_t unit) {
    return unit % kSharedPart == kSharedPart - 1;
  }

  // The largest chunk: bounds the roundings of a sum in single precision.
  static constexpr std::int64_t kMaxChunkNodes = 4096;
  // A tile's weights, activations and deltas should stay in half of a 512 KiB second-level cache.
  static constexpr std::int64_t kTileBytes = 256 << 10;

  static constexpr std::int64_t Quotient(std::int64_t n, std::int64_t divisor) {
    return (n + divisor - 1) / divisor;
  }
  static constexpr std::int64_t PowerOfTwoFrom(std::int64_t n) {
    return static_cast<std::int64_t>(std::bit_ceil(static_cast<std::uint64_t>(n)));
  }
  static constexpr std::int64_t TileNodes(std::int64_t row_length, std::int64_t batch) {
    std::int64_t nodes = 256;
    while (nodes > 64 && nodes * (row_length + 2 * batch) * 4 > kTileBytes) nodes /= 2;
    return nodes;
  }

  std::int64_t chunk_nodes_;
  std::int64_t unit_chunks_;
  std::int64_t all_units_;
  RankPlace place_;
  std::int64_t first_node_;
  std::int64_t hidden_;
  std::int64_t tile_nodes_;
};

}  // namespace biasbench::schedule
