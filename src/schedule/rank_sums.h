// The tree over chunks (tree_sum.h) continued over ranks. Each rank closes the largest whole nodes
// of its run of units; in the binary tree over ranks
//
//   ranks    0 ← 1   2 ← 3   4        2^k apart in round k, ⌈log₂ ranks⌉ rounds
//            0 ← ─── 2       4
//            0 ← ─────────── 4
//
// their sums travel to rank 0, which has the total and tells it to all. A node's sum is only made
// when all of its leaves have arrived, so the total has the same bits for any number of ranks.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "ranks/exchange.h"
#include "schedule/tiling.h"
#include "schedule/tree_sum.h"

namespace biasbench::schedule {

struct Parameters;

class RankSums {
 public:
  RankSums() = default;
  // `exchange` is with the other ranks of tiling.place(); null if there are none (else throws
  // std::logic_error). `room` holds RoomSize() numbers.
  RankSums(const Tiling& tiling, ranks::Exchange* exchange, std::span<double> room);
  // The room for sums of up to `size` numbers; 0 for a rank alone.
  static std::int64_t RoomSize(const Tiling& tiling, std::int64_t size);

  bool is_alone() const { return exchange_ == nullptr; }

  // The total (count) of all ranks' units, which each calls with its own (units, count). Valid
  // until the next call.
  template <class Number>
  const double* Total(const Number* units, std::int64_t count) const {
    TreeSum run(count, room_);
    for (std::int64_t unit = 0; unit < tiling_.units(); ++unit) {
      run.Add(tiling_.FirstUnitOf(tiling_.place().rank) + unit, 0, units + unit * count);
    }
    return TotalOf(run, count);
  }

 private:
  const double* TotalOf(TreeSum& own, std::int64_t count) const;

  Tiling tiling_{1, 1, 1, 1};
  ranks::Exchange* exchange_ = nullptr;
  std::span<double> room_;
};

// The total (count) over all ranks' chunks of shares (chunks, count), in the tree over chunks.
std::vector<double> TotalOfChunks(const Parameters& parameters, std::span<const double> shares,
                                  std::int64_t count);

struct Messages {
  std::int64_t count = 0;
  std::int64_t bytes = 0;

  friend Messages operator+(const Messages& a, const Messages& b) {
    return {a.count + b.count, a.bytes + b.bytes};
  }
};
// Those that the rank sends for one sum of `count` numbers.
Messages SentForSum(const Tiling& tiling, std::int64_t count);
// The messages that follow one another until the last rank has the total, the same for all ranks:
// two rounds for each doubling of their number, each with the bytes of its largest message. Takes a
// time of the order of their number.
Messages InTurnForSum(const Tiling& tiling, std::int64_t count);

}  // namespace biasbench::schedule
