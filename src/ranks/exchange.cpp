#include "ranks/exchange.h"

#include <bit>
#include <chrono>
#include <stdexcept>
#include <string>

namespace biasbench::ranks {
namespace {

using Clock = std::chrono::steady_clock;

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

}  // namespace

Exchange::Exchange(int rank, int ranks) : rank_(rank), ranks_(ranks) {
  if (rank < 0 || rank >= ranks) {
    throw std::invalid_argument("rank " + std::to_string(rank) + " of " + std::to_string(ranks) +
                                ": must be at least 0 and less than their number");
  }
}

void Exchange::Send(int to, std::span<const std::byte> message) {
  const auto start = Clock::now();
  DoSend(to, message);
  traffic_.seconds += SecondsSince(start);
  ++traffic_.messages;
  traffic_.bytes += static_cast<std::int64_t>(message.size());
}

void Exchange::Receive(int from, std::span<std::byte> message) {
  const auto start = Clock::now();
  DoReceive(from, message);
  traffic_.seconds += SecondsSince(start);
}

// Rank r hears from the rank without r's lowest bit, then tells those with one lower bit more, the
// farthest first, since they have the most to tell.
void Exchange::Broadcast(std::span<std::byte> message) {
  const auto ranks = static_cast<unsigned>(ranks_);
  const auto rank = static_cast<unsigned>(rank_);
  unsigned bit = rank == 0 ? std::bit_ceil(ranks) : rank & (0U - rank);
  if (rank != 0) Receive(static_cast<int>(rank - bit), message);
  while ((bit /= 2) > 0) {
    if (rank + bit < ranks) Send(static_cast<int>(rank + bit), message);
  }
}

}  // namespace biasbench::ranks
