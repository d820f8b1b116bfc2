// Peers on BLIS: textbook_blis, in_place_blis.
#include <blis.h>
#include <fmt/format.h>

#include "bench/peers/in_place_peer.h"
#include "bench/peers/textbook_peer.h"

namespace biasbench::bench::peers {

std::unique_ptr<Peer> MakePeer(const PeerSetting& setting, const data::Dataset& batch,
                               memory::Ledger& ledger) {
  bli_thread_set_num_threads(setting.threads);
  if (setting.peer == "textbook_blis") {
    return std::make_unique<TextbookPeer>(setting, batch, ledger);
  }
  return std::make_unique<InPlacePeer>(setting, batch, ledger);
}

std::string LibraryVersion() {
  const bool uses_openmp = bli_info_get_enable_openmp() != 0;
  return fmt::format("BLIS {} ({} kernels, {})", bli_info_get_version_str(),
                     bli_arch_string(bli_arch_query_id()),
                     uses_openmp ? "OpenMP" : "its own threads");
}

}  // namespace biasbench::bench::peers
