// Our own schedules: textbook_eigen (the schedule `textbook`), in_place, recompute, streaming,
// streaming_recompute.
#include <algorithm>
#include <numeric>
#include <vector>

#include "bench/peers/peer.h"
#include "network/network.h"

namespace biasbench::bench::peers {
namespace {

schedule::ScheduleKind ScheduleOf(const std::string& peer) {
  const std::string name = peer == "textbook_eigen" ? "textbook" : peer;
  const auto found =
      std::ranges::find(schedule::kSchedules, name, &schedule::ScheduleDescription::name);
  return static_cast<schedule::ScheduleKind>(found - schedule::kSchedules.begin());
}

class NetworkPeer final : public Peer {
 public:
  NetworkPeer(const PeerSetting& setting, const data::Dataset& batch, memory::Ledger& ledger)
      : batch_(batch),
        rate_(LearningRate(setting.shape)),
        order_(static_cast<std::size_t>(batch.samples)),
        network_({.shape = setting.shape,
                  .strategy = bias::ParseSelection("learned"),
                  .schedule = ScheduleOf(setting.peer),
                  .seed = setting.seed,
                  .threads = setting.threads},
                 ledger) {
    std::iota(order_.begin(), order_.end(), 0);
  }

  double Step() override {
    // A schedule that streams is always about to make the next step.
    const network::LossSum loss =
        network_.Step(batch_, order_, schedule::StepSettings(++step_, rate_), order_);
    return loss.loss / static_cast<double>(order_.size());
  }

 private:
  const data::Dataset& batch_;
  double rate_;
  std::vector<std::int32_t> order_;
  network::Network network_;
  std::int64_t step_ = 0;
};

}  // namespace

std::unique_ptr<Peer> MakePeer(const PeerSetting& setting, const data::Dataset& batch,
                               memory::Ledger& ledger) {
  return std::make_unique<NetworkPeer>(setting, batch, ledger);
}

std::string LibraryVersion() { return "biasbench"; }

}  // namespace biasbench::bench::peers
