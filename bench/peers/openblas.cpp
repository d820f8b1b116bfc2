// Peers on OpenBLAS: textbook_openblas, in_place_openblas.
#include <cblas.h>
#include <fmt/format.h>

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

std::string LibraryVersion() {
  const bool uses_openmp = openblas_get_parallel() == OPENBLAS_OPENMP;
  return fmt::format("{} ({} kernels, {})", openblas_get_config(), openblas_get_corename(),
                     uses_openmp ? "OpenMP" : "its own threads");
}

}  // namespace biasbench::bench::peers
