#include "ranks/exchange.h"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <bit>
#include <chrono>
#include <stdexcept>

#include "ranks/threads_fixture.h"

namespace biasbench::ranks {
namespace {

constexpr std::array kRanks = {1, 2, 3, 4, 5, 7, 8, 13};

TEST(Broadcast, ReachesEveryRank) {
  for (const int ranks : kRanks) {
    std::atomic<int> reached = 0;
    RunRanks(ranks, [&](Exchange& exchange) {
      std::array<int, 3> values{};
      if (exchange.rank() == 0) values = {1, 2, 3};
      exchange.Broadcast(std::as_writable_bytes(std::span(values)));
      if (values == std::array{1, 2, 3}) ++reached;
    });
    EXPECT_EQ(reached, ranks);
  }
}

TEST(Broadcast, TakesAMessageForEachOtherRank) {
  for (const int ranks : kRanks) {
    std::atomic<std::int64_t> messages = 0;
    std::atomic<std::int64_t> bytes = 0;
    RunRanks(ranks, [&](Exchange& exchange) {
      std::array<std::byte, 24> values{};
      exchange.Broadcast(values);
      messages += exchange.traffic().messages;
      bytes += exchange.traffic().bytes;
      // One after another: rank 0 sends to all whose number is a power of two.
      if (exchange.rank() == 0) {
        EXPECT_EQ(exchange.traffic().messages, std::bit_width(static_cast<unsigned>(ranks - 1)));
      }
    });
    EXPECT_EQ(messages, ranks - 1);
    EXPECT_EQ(bytes, 24 * (ranks - 1));
  }
}

TEST(Exchange, CountsItsTime) {
  RunRanks(
      2,
      [](Exchange& exchange) {
        std::array<std::byte, 1> values{};
        exchange.Broadcast(values);
        EXPECT_GE(exchange.traffic().seconds, exchange.rank() == 0 ? 0.002 : 0.0);
      },
      std::chrono::milliseconds(2));
}

TEST(Exchange, KnowsItsPlace) {
  Mailboxes mailboxes;
  EXPECT_THROW(ThreadExchange(2, 2, mailboxes, {}), std::invalid_argument);
  EXPECT_THROW(ThreadExchange(-1, 2, mailboxes, {}), std::invalid_argument);
}

}  // namespace
}  // namespace biasbench::ranks
