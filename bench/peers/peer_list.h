// The table of all peers, from which the command line, the runs and the tests take them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "schedule/shape.h"

namespace biasbench::bench::peers {

struct PeerDescription {
  std::string_view name;
  std::string_view program;  // the executable it is part of, beside `peers`
  std::string_view summary;
  bool is_ours = false;
  // Memory at its peak: copies of the parameters, and values for each hidden node and sample.
  double parameter_copies = 1;
  double values_per_activation = 0;
  std::int64_t most_samples = INT32_MAX;  // that a step can take
  std::int64_t block_samples = 1;         // whose steps share a pass over the weights

  // An estimate of the peak, with an allowance for the library itself.
  double PeakBytes(const schedule::Shape& shape) const;
  std::filesystem::path ProgramPath() const;
  bool IsBuilt() const;
};

std::span<const PeerDescription> Peers();

// "a,b" or "all", which stands for those that are built. Throws std::invalid_argument for an
// unknown name and for one that is not built.
std::vector<const PeerDescription*> ParsePeers(std::string_view list);

// All peers, each with a one-line description.
std::string ListOfPeers();

}  // namespace biasbench::bench::peers
