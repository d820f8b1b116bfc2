// Peers on OpenBLAS: textbook_openblas, in_place_openblas.
#include <cblas.h>

#include "bench/peers/in_place_peer.h"
#include "bench/peers/textbook_peer.h"

namespace biasbench::bench::peers {

std::unique_ptr<Peer> MakePeer(const PeerSetting& setting, const data::Dataset& batch,
                               memory::Ledger& ledger) {
  openblas_set_num_threads(setting.threads);
  if (setting.peer == "textbook_openblas") {
    return std::make_unique<TextbookPeer>(setting, batch, ledger);
  }
  return std::make_unique<InPlacePeer>(setting, batch, ledger);
}

std::string LibraryVersion() { return openblas_get_config(); }

}  // namespace biasbench::bench::peers
