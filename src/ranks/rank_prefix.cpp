#include "ranks/mpi_exchange.h"

namespace biasbench::ranks {

std::string RankPrefix(int rank, int ranks) {
  return "rank " + std::to_string(rank) + " of " + std::to_string(ranks) + ": ";
}

}  // namespace biasbench::ranks
