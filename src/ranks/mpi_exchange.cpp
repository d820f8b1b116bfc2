#include "ranks/mpi_exchange.h"

#include <mpi.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cstdio>
#include <thread>
#include <utility>

namespace biasbench::ranks {
namespace {

constexpr int kTag = 0;  // messages between two ranks arrive in order, so one serves all

// The rank and the number of ranks.
std::pair<int, int> Join() {
  int provided = 0;
  std::pair<int, int> place;
  // Errors of these end the process, as MPI does unless told otherwise.
  MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &provided);
  MPI_Comm_rank(MPI_COMM_WORLD, &place.first);
  MPI_Comm_size(MPI_COMM_WORLD, &place.second);
  MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
  return place;
}

using ProcessorMask = std::array<unsigned long, 128>;  // of the 8,192 that Linux can know

}  // namespace

bool HasMpi() { return true; }

MpiExchange::MpiExchange(std::size_t max_part_bytes) : MpiExchange(Join(), max_part_bytes) {}

MpiExchange::~MpiExchange() { MPI_Finalize(); }

Neighbours MpiExchange::CountNeighbours() const {
  MPI_Comm machine = MPI_COMM_NULL;
  Check(MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &machine));
  Neighbours neighbours;
  Check(MPI_Comm_size(machine, &neighbours.ranks));
  ProcessorMask own{};
  ProcessorMask all{};
  syscall(SYS_sched_getaffinity, 0, sizeof(own), own.data());
  Check(MPI_Allreduce(own.data(), all.data(), static_cast<int>(own.size()), MPI_UNSIGNED_LONG,
                      MPI_BOR, machine));
  neighbours.processors = 0;
  for (const unsigned long word : all) neighbours.processors += std::popcount(word);
  Check(MPI_Comm_free(&machine));
  return neighbours;
}

void MpiExchange::Abort(std::string_view message) const {
  const std::string line = RankPrefix(rank(), ranks()) + std::string(message) + "\n";
  std::fputs(line.c_str(), stderr);
  MPI_Abort(MPI_COMM_WORLD, 1);
  _exit(1);  // MPI_Abort() may return
}

void MpiExchange::Check(int code) const {
  if (code == MPI_SUCCESS) return;
  std::array<char, MPI_MAX_ERROR_STRING> text{};
  int length = 0;
  MPI_Error_string(code, text.data(), &length);
  Abort(std::string_view(text.data(), static_cast<std::size_t>(length)));
}

// Returns once the message has left or is there.
void MpiExchange::Wait(void* of_request) const {
  MPI_Request& request = *static_cast<MPI_Request*>(of_request);
  constexpr auto kPause = std::chrono::microseconds(20);
  int is_done = 0;
  while (sleeps_ && is_done == 0) {
    Check(MPI_Test(&request, &is_done, MPI_STATUS_IGNORE));
    if (is_done == 0) std::this_thread::sleep_for(kPause);
  }
  if (!sleeps_) Check(MPI_Wait(&request, MPI_STATUS_IGNORE));
}

void MpiExchange::DoSend(int to, std::span<const std::byte> message) {
  while (!message.empty()) {
    const auto part = message.first(std::min(message.size(), max_part_bytes_));
    MPI_Request request = MPI_REQUEST_NULL;
    Check(MPI_Isend(part.data(), static_cast<int>(part.size()), MPI_BYTE, to, kTag, MPI_COMM_WORLD,
                    &request));
    Wait(&request);
    message = message.subspan(part.size());
  }
}

void MpiExchange::DoReceive(int from, std::span<std::byte> message) {
  while (!message.empty()) {
    const auto part = message.first(std::min(message.size(), max_part_bytes_));
    MPI_Request request = MPI_REQUEST_NULL;
    Check(MPI_Irecv(part.data(), static_cast<int>(part.size()), MPI_BYTE, from, kTag,
                    MPI_COMM_WORLD, &request));
    Wait(&request);
    message = message.subspan(part.size());
  }
}

}  // namespace biasbench::ranks
