// The process of a peer. Requests arrive and answers leave as JSON lines, as in instance.h:
//   {"steps": n}     -> {"seconds", "cpu_seconds", "loss"}   n training steps on one batch
//   {"report": true} -> {"resident_bytes", "team"}           the peak, without the data, null where
//                                                          the kernel does not say; TeamFacts()
// The first answer, {"library", "data_source"}, comes when the peer is built.
#include <malloc.h>
#include <omp.h>

#include <stdexcept>

#include "bench/instance/instance_serving.h"
#include "bench/instance/team_facts.h"
#include "bench/instance/timed_steps.h"
#include "bench/peers/peer.h"
#include "data/task.h"
#include "machine/resident_memory.h"
#include "record/guarded_main.h"

namespace biasbench::bench::peers {
namespace {

using nlohmann::json;

void Serve(const json& argument, LineChannel& channel) {
  const PeerSetting setting = FromJson(argument);
  omp_set_dynamic(0);
  omp_set_num_threads(setting.threads);
  memory::Ledger ledger;
  const data::Task task = data::NoiseTask(setting.shape.inputs, setting.shape.outputs,
                                          setting.shape.batch, setting.seed, ledger);
  malloc_trim(0);
  const bool knows_resident = machine::ResetPeakResidentBytes();
  const std::unique_ptr<Peer> peer = MakePeer(setting, task.train, ledger);
  channel.Send({{"library", LibraryVersion()}, {"data_source", task.source}});
  while (const auto request = channel.Receive()) {
    if (request->contains("steps")) {
      channel.Send(TimeSteps((*request)["steps"], [&] { return peer->Step(); }));
    } else {
      const std::int64_t bytes =
          machine::PeakResidentBytes() - ledger.current()[memory::Category::kDataset];
      channel.Send({{"resident_bytes", knows_resident ? json(bytes) : json()},
                    {"team", TeamFacts(setting.threads)}});
    }
  }
}

}  // namespace
}  // namespace biasbench::bench::peers

int main(int argc, char** argv) {
  return biasbench::record::GuardedMain(argv[0], [&] {
    if (argc != 3 || argv[1] != biasbench::bench::kInstanceArgument) {
      throw std::invalid_argument("started by the program `peers`, not by hand");
    }
    return biasbench::bench::ServeInstance(argv[2], biasbench::bench::peers::Serve);
  });
}
