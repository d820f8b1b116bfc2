#include "schedule/rank_sums.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "memory/ledger.h"
#include "ranks/threads_fixture.h"
#include "schedule/chunk_sums.h"

namespace biasbench::schedule {
namespace {

constexpr std::int64_t kSize = 3;

Tiling TilingOf(std::int64_t hidden, RankPlace place = {}) { return {hidden, 1, 1, 1, place}; }

// Numbers of such unlike sizes that another order of adding has other bits.
std::vector<float> SharesOf(std::int64_t chunk) {
  std::vector<float> shares;
  for (std::int64_t i = 0; i < kSize; ++i) {
    const double x = std::sin(static_cast<double>(chunk * kSize + i + 1));
    shares.push_back(static_cast<float>(x * std::exp(20 * x)));
  }
  return shares;
}

// The totals of a rank, whose chunks are numbered from `first` on among those of all.
std::vector<double> Totals(const Tiling& tiling, std::int64_t first, ranks::Exchange* exchange) {
  memory::Ledger ledger;
  ChunkSums sums(ledger, memory::Category::kWorkspace, tiling, 1, kSize, exchange);
  std::vector<double> totals(kSize);
  for (int pass = 0; pass < 2; ++pass) {  // what a pass leaves behind must not reach the next
    for (std::int64_t chunk = 0; chunk < tiling.chunks(); ++chunk) {
      std::ranges::copy(SharesOf(first + chunk), sums.Share(chunk, 0, kSize));
      sums.Close(chunk, 0, kSize);
    }
    sums.ForEachTotal(kSize, [&](std::int64_t i, double total) { totals[i] = total; });
  }
  return totals;
}

constexpr std::int64_t kHidden[] = {1, 257, 65'536, 1'000'000, 3'000'000, 100'000'001};
constexpr int kRanks[] = {2, 3, 4, 7, 16, 33};

TEST(RankSums, AreTheTreeOverChunksForAnyRanks) {
  for (const std::int64_t hidden : kHidden) {
    const std::vector<double> expected = Totals(TilingOf(hidden), 0, nullptr);
    for (const int ranks : kRanks) {
      ranks::RunRanks(ranks, [&](ranks::Exchange& exchange) {
        const Tiling tiling = TilingOf(hidden, {exchange.rank(), ranks});
        EXPECT_EQ(Totals(tiling, tiling.first_node() / tiling.chunk_nodes(), &exchange), expected)
            << hidden << " nodes, rank " << exchange.rank() << " of " << ranks;
      });
    }
  }
}

TEST(RankSums, CostWhatIsPredicted) {
  for (const std::int64_t hidden : kHidden) {
    for (const int ranks : kRanks) {
      std::int64_t most_in_turn = 0;
      ranks::RunRanks(ranks, [&](ranks::Exchange& exchange) {
        const Tiling tiling = TilingOf(hidden, {exchange.rank(), ranks});
        Totals(tiling, tiling.first_node() / tiling.chunk_nodes(), &exchange);
        const Messages sent = SentForSum(tiling, kSize);
        EXPECT_EQ(exchange.traffic().messages, 2 * sent.count) << hidden << ", " << ranks;
        EXPECT_EQ(exchange.traffic().bytes, 2 * sent.bytes) << hidden << ", " << ranks;
        if (exchange.rank() == 0) most_in_turn = InTurnForSum(tiling, kSize).count;
      });
      EXPECT_EQ(most_in_turn, 2 * std::ceil(std::log2(ranks)));
    }
  }
}

TEST(Tiling, RanksHaveAllNodesOnce) {
  for (const std::int64_t hidden : kHidden) {
    for (const int ranks : kRanks) {
      std::int64_t next = 0;
      for (int rank = 0; rank < ranks; ++rank) {
        const Tiling tiling = TilingOf(hidden, {rank, ranks});
        EXPECT_LE(tiling.units(), kMaxUnits) << hidden << ", " << ranks;
        if (tiling.hidden() == 0) continue;
        EXPECT_EQ(tiling.first_node(), next);
        EXPECT_EQ(tiling.chunk_nodes(), TilingOf(hidden).chunk_nodes());
        next += tiling.hidden();
      }
      EXPECT_EQ(next, hidden);
      EXPECT_GT(TilingOf(hidden, {0, ranks}).hidden(), 0) << "rank 0 always has nodes";
    }
  }
}

// The work is spread evenly: no rank has more than a unit above its share.
TEST(Tiling, RanksHaveAsManyNodes) {
  for (const int ranks : kRanks) {
    const std::int64_t hidden = 100'000'000;
    for (int rank = 0; rank < ranks; ++rank) {
      const Tiling tiling = TilingOf(hidden, {rank, ranks});
      EXPECT_LE(std::abs(tiling.hidden() - hidden / ranks),
                2 * tiling.unit_chunks() * tiling.chunk_nodes());
    }
  }
}

}  // namespace
}  // namespace biasbench::schedule
