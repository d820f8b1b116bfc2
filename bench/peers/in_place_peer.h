// A peer with in-place products: the library adds −rate · gradient straight to the parameters, so
// that only activations and deltas are kept.
#pragma once

#include "bench/peers/blas_peer.h"

namespace biasbench::bench::peers {

class InPlacePeer final : public BlasPeer {
 public:
  using BlasPeer::BlasPeer;

 private:
  void Update() override;
};

}  // namespace biasbench::bench::peers
