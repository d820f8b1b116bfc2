// The command line of `peers`.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "bench/peers/peer_list.h"
#include "bench/peers/peer_setting.h"

namespace biasbench::bench::peers {

struct PeersCommandLine {
  std::string answer;  // to --help, --version and --list; then nothing is to be run
  std::vector<const PeerDescription*> peers;
  std::vector<std::int64_t> batches;
  PeerSetting setting;  // but for the peer and the batch
  std::int64_t repetitions = 1;
  double min_seconds = 1;
  std::int64_t check_hidden = 1;
  std::string out;  // empty: none
  bool resume = false;

  // The flags that select one peer and batch and measure them alike.
  std::string RepeatFlags(const PeerSetting& row) const;
};

// `arguments` without the program's name. Throws std::invalid_argument, in one line.
PeersCommandLine ParsePeersCommandLine(std::vector<std::string> arguments);

}  // namespace biasbench::bench::peers
