// A peer with textbook products: every gradient is computed into memory of its own, then applied.
#pragma once

#include "bench/peers/blas_peer.h"

namespace biasbench::bench::peers {

class TextbookPeer final : public BlasPeer {
 public:
  TextbookPeer(const PeerSetting& setting, const data::Dataset& batch, memory::Ledger& ledger);

 private:
  void Update() override;

  memory::TrackedBuffer<float> hidden_weight_gradient_;  // (hidden, inputs)
  memory::TrackedBuffer<float> output_weight_gradient_;  // (hidden, outputs)
  memory::TrackedBuffer<float> hidden_bias_gradient_;    // (hidden)
  memory::TrackedBuffer<float> output_bias_gradient_;    // (outputs)
};

}  // namespace biasbench::bench::peers
