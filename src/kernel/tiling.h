// How the hidden layer is cut: chunks are what threads take and what outputs are summed over, tiles
// are what fits a core's cache. Both depend on the shape only, never on the number of threads: that
// is what makes results bit-identical for any number of them.
#pragma once

#include <omp.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <exception>

#include "bias/strategies.h"
#include "kernel/denormals.h"

namespace biasbench::kernel {

struct NodeRange {
  std::int64_t begin = 0;
  std::int64_t size = 0;
};

class Tiling {
 public:
  // `row_length`: weights of a hidden node towards the inputs (with the bias unit's, if any).
  Tiling(std::int64_t hidden, std::int64_t row_length, std::int64_t batch, std::int64_t group)
      : hidden_(hidden),
        chunk_nodes_(std::max(bias::kMaxGroup, PowerOfTwoFrom(hidden / kMaxChunks))),
        tile_nodes_(std::max(group, TileNodes(row_length, batch))) {}

  std::int64_t chunks() const { return (hidden_ + chunk_nodes_ - 1) / chunk_nodes_; }
  std::int64_t chunk_nodes() const { return chunk_nodes_; }
  std::int64_t tile_nodes() const { return tile_nodes_; }

  NodeRange Chunk(std::int64_t chunk) const {
    const std::int64_t begin = chunk * chunk_nodes_;
    return {begin, std::min(chunk_nodes_, hidden_ - begin)};
  }

  // body(tile) for the chunk's tiles, in order.
  template <class Body>
  void ForEachTile(std::int64_t chunk, Body&& body) const {
    const NodeRange nodes = Chunk(chunk);
    const std::int64_t end = nodes.begin + nodes.size;
    for (std::int64_t begin = nodes.begin; begin < end; begin += tile_nodes_) {
      body(NodeRange{begin, std::min(tile_nodes_, end - begin)});
    }
  }

  // body(chunk, thread) for every chunk, by `threads` threads; a thread owns the chunks it takes,
  // which may differ from pass to pass.
  // Throws one of the exceptions that bodies threw, after the last of them has ended.
  template <class Body>
  void ForEachChunk(int threads, Body&& body) const {
    const std::int64_t count = chunks();
    const std::int64_t own = count - count / kSharedPart;
    std::exception_ptr exception;  // must not leave the parallel region
    const auto run = [&](std::int64_t chunk) {
      try {
        body(chunk, omp_get_thread_num());
      } catch (...) {
#pragma omp critical
        exception = std::current_exception();
      }
    };
#pragma omp parallel num_threads(threads)
    {
      const FlushDenormals flush;
#pragma omp for schedule(static) nowait
      for (std::int64_t chunk = 0; chunk < own; ++chunk) run(chunk);
#pragma omp for schedule(dynamic)
      for (std::int64_t chunk = own; chunk < count; ++chunk) run(chunk);
    }
    if (exception) std::rethrow_exception(exception);
  }

 private:
  // Most chunks are the same thread's in every pass, near the memory that it touched first. One in
  // so many goes to whoever is free: cores are not equally fast, least of all where others use
  // them, too. (There, at 784 inputs, 1.04 times as many steps at batch 64, 1.06 to 1.15 at 16; one
  // in two or all do not make it more.)
  static constexpr std::int64_t kSharedPart = 4;
  // Enough chunks to feed many cores, few enough that their partial outputs stay small.
  static constexpr std::int64_t kMaxChunks = 256;
  // A tile's weights, activations and deltas should stay in half of a 512 KiB second-level cache.
  static constexpr std::int64_t kTileBytes = 256 << 10;

  static constexpr std::int64_t PowerOfTwoFrom(std::int64_t n) {
    return static_cast<std::int64_t>(std::bit_ceil(static_cast<std::uint64_t>(n)));
  }
  static constexpr std::int64_t TileNodes(std::int64_t row_length, std::int64_t batch) {
    std::int64_t nodes = 256;
    while (nodes > 64 && nodes * (row_length + 2 * batch) * 4 > kTileBytes) nodes /= 2;
    return nodes;
  }

  std::int64_t hidden_;
  std::int64_t chunk_nodes_;
  std::int64_t tile_nodes_;
};

}  // namespace biasbench::kernel
