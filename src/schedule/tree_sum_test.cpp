#include "schedule/tree_sum.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <vector>

#include "random/philox.h"
#include "schedule/chunk_sums.h"

namespace biasbench::schedule {
namespace {

constexpr std::int64_t kSize = 3;  // numbers of a leaf

// Of magnitudes so far apart that sums in double precision depend on their order, too.
std::vector<float> Leaves(std::int64_t count) {
  std::vector<float> leaves(static_cast<std::size_t>(count * kSize));
  random::FillUniform(7, random::Stream::kNoise, 0, 1, leaves);
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    leaves[i] = std::ldexp(leaves[i], static_cast<int>(i * 37 % 81) - 40);
  }
  return leaves;
}

// Number k of the node of 2^level leaves from `first` on, as the drawing in tree_sum.h says it.
double Naive(const std::vector<float>& leaves, std::int64_t first, int level, std::int64_t k) {
  if (level == 0) return leaves[first * kSize + k];
  const double left = Naive(leaves, first, level - 1, k);
  const std::int64_t middle = first + (std::int64_t{1} << (level - 1));
  if (middle * kSize >= static_cast<std::int64_t>(leaves.size())) return left;
  return left + Naive(leaves, middle, level - 1, k);
}

std::vector<double> NaiveTotal(const std::vector<float>& leaves) {
  const auto count = static_cast<std::uint64_t>(leaves.size() / kSize);
  std::vector<double> total;
  for (std::int64_t k = 0; k < kSize; ++k) {
    total.push_back(Naive(leaves, 0, std::countr_zero(std::bit_ceil(count)), k));
  }
  return total;
}

// A run of leaves with its room.
struct LeafRun {
  LeafRun() : room(64 * kSize), tree(kSize, room) {}
  std::vector<double> Total() {
    const double* total = tree.Total();
    return {total, total + kSize};
  }
  std::vector<double> room;
  TreeSum tree;
};

TEST(TreeSum, IsTheNaiveTreeWhereverTheLeavesAreSplit) {
  random::Seed seed = 0;
  for (std::int64_t count = 1; count <= 1000; ++count) {
    const std::vector<float> leaves = Leaves(count);
    const std::vector<double> expected = NaiveTotal(leaves);
    // One run; then split at up to six places drawn at random, some of them the same.
    for (const int splits : {0, 1, 6}) {
      std::vector<std::int64_t> ends{count};
      for (int i = 0; i < splits; ++i) {
        const auto word = random::Block(++seed, random::Stream::kNoise, 0, 0)[0];
        ends.push_back(word % static_cast<std::uint32_t>(count + 1));
      }
      std::ranges::sort(ends);
      LeafRun all;
      std::int64_t leaf = 0;
      for (const std::int64_t end : ends) {
        LeafRun run;
        for (; leaf < end; ++leaf) run.tree.Add(leaf, 0, &leaves[leaf * kSize]);
        all.tree.Add(run.tree);
      }
      ASSERT_EQ(all.Total(), expected) << count << " leaves, " << splits << " splits";
    }
  }
}

// The room given to a unit's partial sums.
TEST(TreeSum, ARunOfTwoToTheKLeavesNeedsKNodes) {
  for (int level = 1; level <= 8; ++level) {
    const std::vector<float> leaves = Leaves(std::int64_t{1} << level);
    std::vector<double> room(static_cast<std::size_t>(level * kSize) + 1, -1);
    TreeSum tree(kSize, room);
    for (std::int64_t leaf = 0; leaf < std::int64_t{1} << level; ++leaf) {
      tree.Add(leaf, 0, &leaves[leaf * kSize]);
    }
    tree.Total();
    EXPECT_EQ(room.back(), -1) << "written behind the room, level " << level;
  }
}

// The sums of so many hidden nodes' chunks, with their units dealt out to so many threads.
std::vector<double> ChunkTotals(std::int64_t hidden, int threads,
                                const std::vector<float>& shares) {
  memory::Ledger ledger;
  const Tiling tiling(hidden, 1, 1, 1);
  ChunkSums sums(ledger, memory::Category::kWorkspace, tiling, threads, kSize, nullptr);
  std::vector<double> totals(kSize);
  for (int pass = 0; pass < 2; ++pass) {  // what a pass leaves behind must not reach the next
    for (std::int64_t unit = 0; unit < tiling.units(); ++unit) {
      const std::int64_t end = std::min((unit + 1) * tiling.unit_chunks(), tiling.chunks());
      const int thread = static_cast<int>(unit * 7 % threads);
      for (std::int64_t chunk = unit * tiling.unit_chunks(); chunk < end; ++chunk) {
        float* share = sums.Share(chunk, thread, kSize);
        std::copy_n(&shares[chunk * kSize], kSize, share);
        sums.Close(chunk, thread, kSize);
      }
    }
    sums.ForEachTotal(kSize, [&](std::int64_t i, double total) { totals[i] = total; });
  }
  return totals;
}

TEST(ChunkSums, AreTheTreeOverChunksForAnyThreads) {
  for (const std::int64_t hidden :
       {1, 256, 257, 65'536, 1'000'000, 1'048'576, 1'048'577, 3'000'000, 10'000'000, 100'000'001}) {
    const std::vector<float> shares = Leaves(Tiling(hidden, 1, 1, 1).chunks());
    const std::vector<double> expected = NaiveTotal(shares);
    for (const int threads : {1, 2, 5, 64}) {
      EXPECT_EQ(ChunkTotals(hidden, threads, shares), expected) << hidden << ", " << threads;
    }
  }
}

TEST(TreeSum, IsNoSumInOrder) {
  const std::vector<float> leaves = Leaves(1000);
  std::vector<double> in_order(kSize);
  for (std::size_t i = 0; i < leaves.size(); ++i) in_order[i % kSize] += leaves[i];
  EXPECT_NE(NaiveTotal(leaves), in_order) << "these leaves cannot tell one order from another";
}

TEST(Tiling, EveryChunkIsVisitedOnceAndAUnitsInOrder) {
  for (const std::int64_t hidden : {1, 1000, 1'000'000, 1'048'577, 9'999'999}) {
    const Tiling tiling(hidden, 1, 1, 1);
    for (const int threads : {1, 3, 64}) {
      std::vector<int> visits(static_cast<std::size_t>(tiling.chunks()));
      std::vector<std::int64_t> last_of_unit(static_cast<std::size_t>(tiling.units()), -1);
      tiling.ForEachChunk(threads, [&](std::int64_t chunk, int /*thread*/) {
        ++visits[static_cast<std::size_t>(chunk)];
        std::int64_t& last = last_of_unit[static_cast<std::size_t>(chunk / tiling.unit_chunks())];
        if (last >= chunk) throw std::runtime_error("out of order");
        last = chunk;
      });
      EXPECT_EQ(std::ranges::count(visits, 1), tiling.chunks()) << hidden << ", " << threads;
    }
  }
}

TEST(Tiling, HasAtMost256UnitsOfChunksOfAtMost4096Nodes) {
  struct Expected {
    std::int64_t hidden, chunk_nodes, chunks, unit_chunks, units;
  };
  for (const Expected& expected :
       {Expected{1, 256, 1, 1, 1}, Expected{65'536, 256, 256, 1, 256},
        Expected{65'537, 512, 129, 1, 129}, Expected{1'000'000, 4096, 245, 1, 245},
        Expected{1'048'576, 4096, 256, 1, 256}, Expected{1'048'577, 4096, 257, 2, 129},
        Expected{10'000'000, 4096, 2442, 16, 153},
        Expected{1'000'000'000, 4096, 244'141, 1024, 239}}) {
    const Tiling tiling(expected.hidden, 784, 64, 1);
    EXPECT_EQ(tiling.chunk_nodes(), expected.chunk_nodes) << expected.hidden;
    EXPECT_EQ(tiling.chunks(), expected.chunks) << expected.hidden;
    EXPECT_EQ(tiling.unit_chunks(), expected.unit_chunks) << expected.hidden;
    EXPECT_EQ(tiling.units(), expected.units) << expected.hidden;
  }
}

}  // namespace
}  // namespace biasbench::schedule
