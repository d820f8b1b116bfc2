// Peers on oneDNN: textbook_onednn, in_place_onednn.
#include <dnnl.h>
#include <fmt/format.h>

#include <stdexcept>

#include "bench/peers/in_place_peer.h"
#include "bench/peers/multiply.h"
#include "bench/peers/textbook_peer.h"

namespace biasbench::bench::peers {

void Multiply(const ProductShape& shape, float scale, Operand a, Operand b, float keep,
              float* result) {
  const auto [rows, columns, inner] = shape;
  const dnnl_status_t status =
      dnnl_sgemm(a.is_transposed ? 'T' : 'N', b.is_transposed ? 'T' : 'N', rows, columns, inner,
                 scale, a.data, a.is_transposed ? rows : inner, b.data,
                 b.is_transposed ? inner : columns, keep, result, columns);
  if (status != dnnl_success) throw std::runtime_error("oneDNN: dnnl_sgemm failed");
}

// oneDNN uses as many threads as OpenMP.
std::unique_ptr<Peer> MakePeer(const PeerSetting& setting, const data::Dataset& batch,
                               memory::Ledger& ledger) {
  if (setting.peer == "textbook_onednn") {
    return std::make_unique<TextbookPeer>(setting, batch, ledger);
  }
  return std::make_unique<InPlacePeer>(setting, batch, ledger);
}

std::string LibraryVersion() {
  const dnnl_version_t* version = dnnl_version();
  return fmt::format("oneDNN {}.{}.{} (OpenMP)", version->major, version->minor, version->patch);
}

}  // namespace biasbench::bench::peers
