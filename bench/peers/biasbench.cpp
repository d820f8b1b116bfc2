// Peers that are our own schedules: textbook_eigen (the schedule `textbook`), in_place, recompute,
// streaming, streaming_recompute, blocked.
#include <algorithm>
#include <span>
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
        network_({.shape = setting.shape,
                  .strategy = bias::ParseSelection("learned"),
                  .schedule = ScheduleOf(setting.peer),
                  .seed = setting.seed,
                  .threads = setting.threads},
                 ledger) {
    // The same batch again and again: its step, and the following steps of the pass.
    const std::int64_t count = batch.samples + network_.configuration().pass_samples();
    for (std::int64_t i = 0; i < count; ++i) {
      order_.push_back(static_cast<std::int32_t>(i % batch.samples));
    }
  }

  double Step() override {
    // A streaming schedule always knows the next step.
    const std::span order(order_);
    const auto size = static_cast<std::size_t>(batch_.samples);
    const network::LossSum loss = network_.Step(
        batch_, order.first(size), schedule::StepSettings(++step_, rate_), order.subspan(size));
    return loss.loss / static_cast<double>(size);
  }

 private:
  const data::Dataset& batch_;
  double rate_;
  network::Network network_;
  std::vector<std::int32_t> order_;
  std::int64_t step_ = 0;
};

}  // namespace

std::unique_ptr<Peer> MakePeer(const PeerSetting& setting, const data::Dataset& batch,
                               memory::Ledger& ledger) {
  return std::make_unique<NetworkPeer>(setting, batch, ledger);
}

std::string LibraryVersion() { return "biasbench"; }

}  // namespace biasbench::bench::peers
