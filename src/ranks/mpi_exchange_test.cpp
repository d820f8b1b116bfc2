// Messages through MPI. All ranks run each test; started by mpirun.
#include "ranks/mpi_exchange.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <numeric>
#include <vector>

namespace biasbench::ranks {
namespace {

constexpr std::size_t kPartBytes = 1000;

MpiExchange* exchange = nullptr;

std::vector<std::uint8_t> Numbers(std::size_t size, int first) {
  std::vector<std::uint8_t> numbers(size);
  std::iota(numbers.begin(), numbers.end(), static_cast<std::uint8_t>(first));
  return numbers;
}

// From rank to rank in a circle; rank 0 begins.
std::vector<std::uint8_t> PassAround(std::vector<std::uint8_t> message) {
  const int next = (exchange->rank() + 1) % exchange->ranks();
  const int previous = (exchange->rank() + exchange->ranks() - 1) % exchange->ranks();
  std::vector<std::uint8_t> received(message.size());
  if (exchange->rank() == 0) exchange->Send(next, std::as_bytes(std::span(message)));
  exchange->Receive(previous, std::as_writable_bytes(std::span(received)));
  if (exchange->rank() != 0) exchange->Send(next, std::as_bytes(std::span(received)));
  return received;
}

TEST(MpiExchange, IsStartedWithSeveralRanks) { EXPECT_GT(exchange->ranks(), 1); }

TEST(MpiExchange, PassesMessagesOfAnySizeInParts) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, kPartBytes - 1, kPartBytes,
                                 kPartBytes + 1, 3 * kPartBytes, 20 * kPartBytes + 7}) {
    const std::vector<std::uint8_t> message = Numbers(size, 5);
    EXPECT_EQ(PassAround(message), message) << size;
  }
}

TEST(MpiExchange, MessagesArriveInTheirOrder) {
  constexpr int kMessages = 20;
  for (int i = 0; i < kMessages; ++i) {
    std::vector<std::uint8_t> message = Numbers(2 * kPartBytes, i);
    if (exchange->rank() == 0) {
      exchange->Send(1, std::as_bytes(std::span(message)));
    } else if (exchange->rank() == 1) {
      std::vector<std::uint8_t> received(message.size());
      exchange->Receive(0, std::as_writable_bytes(std::span(received)));
      EXPECT_EQ(received, message) << i;
    }
  }
}

TEST(MpiExchange, BroadcastsAndCounts) {
  std::vector<std::uint8_t> message(5 * kPartBytes);
  if (exchange->rank() == 0) message = Numbers(message.size(), 9);
  const std::int64_t before = exchange->traffic().bytes;
  exchange->Broadcast(std::as_writable_bytes(std::span(message)));
  EXPECT_EQ(message, Numbers(message.size(), 9));
  if (exchange->rank() == 0) {
    EXPECT_GE(exchange->traffic().bytes - before, static_cast<std::int64_t>(message.size()));
  }
}

TEST(MpiExchange, CountsTheRanksOfThisMachine) {
  const Neighbours neighbours = exchange->CountNeighbours();
  EXPECT_EQ(neighbours.ranks, exchange->ranks());
  EXPECT_GE(neighbours.processors, 1);
}

}  // namespace
}  // namespace biasbench::ranks

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  biasbench::ranks::MpiExchange exchange(biasbench::ranks::kPartBytes);
  exchange.SleepWhileWaiting();  // tests run side by side
  biasbench::ranks::exchange = &exchange;
  return RUN_ALL_TESTS();
}
