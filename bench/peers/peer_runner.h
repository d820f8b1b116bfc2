// The runner of peers: each measurement is a process of its own.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "bench/peers/peer_list.h"
#include "bench/peers/peer_setting.h"

namespace biasbench::bench::peers {

// peers/<peer>/inputs:784/hidden:1000000/outputs:10/batch:64/threads:2
std::string RowName(const PeerSetting& setting);

class PeerRunner {
 public:
  // Losses are compared at `check_hidden` nodes; steps are repeated for at least `min_seconds`.
  PeerRunner(std::int64_t check_hidden, double min_seconds)
      : check_hidden_(check_hidden), min_seconds_(min_seconds) {}

  // Builds the peer, makes a step to warm up, then measures. The keys of a result row: `status` ok,
  // skipped (it does not fit), error (also if its loss is not ours) or killed, with a `reason`
  // unless ok, which standard error is told too.
  nlohmann::json Measure(const PeerDescription& peer, const PeerSetting& setting);

 private:
  void MeasureSteps(const PeerDescription& peer, const PeerSetting& setting, nlohmann::json& row);
  // Throws InstanceError unless the peer's loss after ten steps at check_hidden nodes is that of
  // our in_place within 1e-4 of it. Each peer and shape is tried once.
  void CheckLoss(const PeerDescription& peer, const PeerSetting& setting);
  double LossAfterTenSteps(const PeerDescription& peer, PeerSetting setting);
  // Resident bytes of the peer's process with a network of next to no size.
  std::int64_t FloorBytes(const PeerDescription& peer, const PeerSetting& setting);

  std::int64_t check_hidden_;
  double min_seconds_;
  std::map<std::string, double> losses_;             // after ten steps, by row
  std::map<std::string, std::int64_t> floor_bytes_;  // by peer
};

}  // namespace biasbench::bench::peers
