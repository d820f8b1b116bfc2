// A wrong peer for the test: our schedule in_place with the sign of the hidden bias's update
// flipped.
#include <numeric>
#include <vector>

#include "bench/peers/peer.h"
#include "network/network.h"

namespace biasbench::bench::peers {
namespace {

class WrongSignPeer final : public Peer {
 public:
  WrongSignPeer(const PeerSetting& setting, const data::Dataset& batch, memory::Ledger& ledger)
      : batch_(batch),
        settings_(1, LearningRate(setting.shape)),
        order_(static_cast<std::size_t>(batch.samples)),
        network_({.shape = setting.shape,
                  .strategy = bias::ParseSelection("learned"),
                  .schedule = schedule::ScheduleKind::kInPlace,
                  .seed = setting.seed,
                  .threads = setting.threads},
                 ledger) {
    std::iota(order_.begin(), order_.end(), 0);
    settings_.hidden_bias_multiplier = -1;
  }

  double Step() override {
    return network_.Step(batch_, order_, settings_).loss / static_cast<double>(order_.size());
  }

 private:
  const data::Dataset& batch_;
  schedule::StepSettings settings_;
  std::vector<std::int32_t> order_;
  network::Network network_;
};

}  // namespace

std::unique_ptr<Peer> MakePeer(const PeerSetting& setting, const data::Dataset& batch,
                               memory::Ledger& ledger) {
  return std::make_unique<WrongSignPeer>(setting, batch, ledger);
}

std::string LibraryVersion() { return "wrong sign"; }

}  // namespace biasbench::bench::peers
