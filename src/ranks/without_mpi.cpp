// The definitions of mpi_exchange.h in a build without MPI.
#include <cstdlib>
#include <stdexcept>

#include "ranks/mpi_exchange.h"

namespace biasbench::ranks {

bool HasMpi() { return false; }

MpiExchange::MpiExchange(std::size_t max_part_bytes) : MpiExchange({0, 1}, max_part_bytes) {
  throw std::runtime_error("this program was built without MPI");
}
MpiExchange::~MpiExchange() = default;
Neighbours MpiExchange::CountNeighbours() const { return {}; }
void MpiExchange::Abort(std::string_view /*message*/) const { std::abort(); }
void MpiExchange::DoSend(int /*to*/, std::span<const std::byte> /*message*/) {}
void MpiExchange::DoReceive(int /*from*/, std::span<std::byte> /*message*/) {}

}  // namespace biasbench::ranks
