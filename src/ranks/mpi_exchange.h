// Ranks that are processes, started by an MPI launcher such as mpirun.
#pragma once

#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "ranks/exchange.h"

namespace biasbench::ranks {

// False where this was built without MPI; a MpiExchange then cannot be made.
bool HasMpi();

// The ranks on one machine, and the processors in their masks, all together.
struct Neighbours {
  int ranks = 1;
  int processors = 1;
};

// One object a process. It is made, used and destroyed by the first thread: MPI needs no locks
// then. Errors of MPI end all ranks, since none can go on without the others.
class MpiExchange final : public Exchange {
 public:
  // The longest message that MPI takes, whose counts are ints; longer ones go in parts.
  static constexpr std::size_t kMaxPartBytes = std::numeric_limits<int>::max();

  // Joins the other ranks. Throws std::runtime_error where this was built without MPI. Tests pass
  // shorter parts.
  explicit MpiExchange(std::size_t max_part_bytes = kMaxPartBytes);
  // Waits until all ranks have come as far.
  ~MpiExchange() override;

  // From now on sleeps while it waits for another rank: where ranks share processors, one that
  // looks again and again, as MPI does, keeps the one that it waits for from running.
  void SleepWhileWaiting() { sleeps_ = true; }

  // Every rank calls it.
  Neighbours CountNeighbours() const;

  // Prints "rank 1 of 4: <message>" on standard error, and ends all ranks.
  [[noreturn]] void Abort(std::string_view message) const;

 private:
  MpiExchange(std::pair<int, int> place, std::size_t max_part_bytes)  // rank and number of ranks
      : Exchange(place.first, place.second), max_part_bytes_(max_part_bytes) {}

  void DoSend(int to, std::span<const std::byte> message) override;
  void DoReceive(int from, std::span<std::byte> message) override;
  void Check(int code) const;
  void Wait(void* of_request) const;

  std::size_t max_part_bytes_;
  bool sleeps_ = false;
};

// The beginning of Abort()'s line: "rank 1 of 4: ".
std::string RankPrefix(int rank, int ranks);

}  // namespace biasbench::ranks
