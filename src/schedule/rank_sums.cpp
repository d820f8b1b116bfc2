#include "schedule/rank_sums.h"

#include <algorithm>
#include <bit>
#include <stdexcept>

#include "schedule/memory_sum.h"
#include "schedule/parameters.h"

namespace biasbench::schedule {
namespace {

// A run of units, and the rank that sends or receives their sums; nothing if it has no units.
struct Message {
  int rank;
  std::int64_t begin;
  std::int64_t end;

  bool is_empty() const { return begin >= end; }
};

// The units of `ranks` ranks from `first` on.
Message UnitsOf(const Tiling& tiling, int first, int ranks) {
  const int end = std::min(first + ranks, tiling.place().ranks);
  return {first, tiling.FirstUnitOf(first), tiling.FirstUnitOf(end)};
}

// Calls receive(message) for each message that the rank waits for, in their order.
template <class Receive>
void ForEachReceived(const Tiling& tiling, const Receive& receive) {
  const auto [rank, ranks] = tiling.place();
  for (int step = 1; step < ranks && (rank & step) == 0; step *= 2) {
    if (rank + step < ranks) receive(UnitsOf(tiling, rank + step, step));
  }
}

// The message that the rank then sends; to itself for rank 0, which sends none.
Message Sent(const Tiling& tiling) {
  const int rank = tiling.place().rank;
  const int step = rank & -rank;  // the lowest bit
  Message message = UnitsOf(tiling, rank, step);
  message.rank = rank - step;
  return message;
}

// A run has two nodes of each level at most.
std::int64_t MostNodes(const Tiling& tiling) {
  const auto units = static_cast<std::uint64_t>(tiling.FirstUnitOf(tiling.place().ranks));
  return 2 * std::bit_width(units);
}

}  // namespace

RankSums::RankSums(const Tiling& tiling, ranks::Exchange* exchange, std::span<double> room)
    : tiling_(tiling), room_(room) {
  if (tiling.place().ranks == 1) return;
  if (exchange == nullptr || exchange->ranks() != tiling.place().ranks ||
      exchange->rank() != tiling.place().rank) {
    throw std::logic_error("the network's rank has no exchange with the others");
  }
  exchange_ = exchange;
}

std::int64_t RankSums::RoomSize(const Tiling& tiling, std::int64_t size) {
  if (tiling.place().ranks == 1) return 0;
  return MemorySum::Multiply({2, MostNodes(tiling), size});  // its run, and a message
}

const double* RankSums::TotalOf(TreeSum& own, std::int64_t count) const {
  if (is_alone()) return own.Total();
  const std::span<double> arriving = room_.subspan(room_.size() / 2);
  ForEachReceived(tiling_, [&](const Message& message) {
    if (message.is_empty()) return;
    const TreeSum run(count, arriving, message.begin, message.end);
    exchange_->Receive(message.rank, std::as_writable_bytes(run.numbers()));
    own.Add(run);
  });
  if (exchange_->rank() == 0) {
    own.Total();
  } else if (const Message message = Sent(tiling_); !message.is_empty()) {
    exchange_->Send(message.rank, std::as_bytes(own.numbers()));
  }
  const std::span<double> total = room_.first(static_cast<std::size_t>(count));
  exchange_->Broadcast(std::as_writable_bytes(total));
  return total.data();
}

std::vector<double> TotalOfChunks(const Parameters& parameters, std::span<const double> shares,
                                  std::int64_t count) {
  const Tiling tiling = parameters.configuration.tiling();
  const auto numbers = [&](std::int64_t n) {
    return std::vector<double>(static_cast<std::size_t>(n * count));
  };
  std::vector<double> partial = numbers(
      std::bit_width(static_cast<std::uint64_t>(std::max(tiling.units(), tiling.unit_chunks()))));
  std::vector<double> units = numbers(tiling.units());
  for (std::int64_t unit = 0; unit < tiling.units(); ++unit) {
    TreeSum tree(count, partial);
    const std::int64_t begin = unit * tiling.unit_chunks();
    const std::int64_t end = std::min(begin + tiling.unit_chunks(), tiling.chunks());
    for (std::int64_t chunk = begin; chunk < end; ++chunk) {
      tree.Add(chunk, 0, shares.data() + chunk * count);
    }
    std::copy_n(tree.Total(), count, units.data() + unit * count);
  }
  // A rank alone needs the room of a TreeSum over its units.
  std::vector<double> room(
      std::max(partial.size(), static_cast<std::size_t>(RankSums::RoomSize(tiling, count))));
  const double* total = RankSums(tiling, parameters.exchange, room).Total(units.data(), count);
  return {total, total + count};
}

Messages SentForSum(const Tiling& tiling, std::int64_t count) {
  const auto [rank, ranks] = tiling.place();
  const auto numbers = [](std::int64_t n) {
    return Messages{1, MemorySum::Multiply({kDoubleBytes, n})};
  };
  Messages sent;
  if (const Message own = Sent(tiling); rank > 0 && !own.is_empty()) {
    sent = sent + numbers(TreeSum::NodesOf(own.begin, own.end) * count);
  }
  const int above = static_cast<int>(std::bit_ceil(static_cast<unsigned>(ranks)));
  for (int bit = (rank == 0 ? above : rank & -rank) / 2; bit > 0; bit /= 2) {
    if (rank + bit < ranks) sent = sent + numbers(count);
  }
  return sent;
}

Messages InTurnForSum(const Tiling& tiling, std::int64_t count) {
  const int ranks = tiling.place().ranks;
  Messages in_turn;
  for (int step = 1; step < ranks; step *= 2) {
    std::int64_t most = 0;
    for (int sender = step; sender < ranks; sender += 2 * step) {
      const Message message = UnitsOf(tiling, sender, step);
      most = std::max<std::int64_t>(most, TreeSum::NodesOf(message.begin, message.end));
    }
    in_turn = in_turn + Messages{2, MemorySum::Multiply({kDoubleBytes, most + 1, count})};
  }
  return in_turn;
}

}  // namespace biasbench::schedule
