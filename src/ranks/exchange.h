// Messages between the ranks of a network whose hidden nodes are divided among processes.
//
// An engine (MPI, or threads in tests) sends and receives; what travels how is decided here and in
// schedule/rank_sums.h, so that messages can be counted and their number be predicted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace biasbench::ranks {

// The messages that this rank has sent, and the time that it has spent in sending and receiving
// (waiting for the other rank included).
struct Traffic {
  std::int64_t messages = 0;
  std::int64_t bytes = 0;
  double seconds = 0;
};

class Exchange {
 public:
  // Throws std::invalid_argument unless 0 ≤ rank < ranks.
  Exchange(int rank, int ranks);
  virtual ~Exchange() = default;
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  int rank() const { return rank_; }
  int ranks() const { return ranks_; }
  const Traffic& traffic() const { return traffic_; }

  // Both block. Messages between two ranks arrive in the order in which they were sent, and a
  // receiver knows their size. They end the process if the other rank is gone.
  void Send(int to, std::span<const std::byte> message);
  void Receive(int from, std::span<std::byte> message);

  // Copies what rank 0 holds to all ranks: ⌈log₂ ranks⌉ messages one after another, ranks − 1 in
  // all. Every rank calls it with the same size.
  void Broadcast(std::span<std::byte> message);

 private:
  virtual void DoSend(int to, std::span<const std::byte> message) = 0;
  virtual void DoReceive(int from, std::span<std::byte> message) = 0;

  int rank_;
  int ranks_;
  Traffic traffic_;
};

}  // namespace biasbench::ranks
