#include "bench/peers/in_place_peer.h"

#include "bench/peers/multiply.h"

namespace biasbench::bench::peers {

void InPlacePeer::Update() {
  Multiply({shape_.hidden, shape_.inputs, shape_.batch}, -rate_, {deltas()}, {inputs()}, 1,
           hidden_weights());
  Multiply({shape_.hidden, shape_.outputs, shape_.batch}, -rate_, {activations()},
           {output_gradient()}, 1, output_weights());
#pragma omp parallel for
  for (std::int64_t h = 0; h < shape_.hidden; ++h) {
    hidden_bias()[h] -= rate_ * HiddenBiasGradient(h);
  }
  for (std::int64_t o = 0; o < shape_.outputs; ++o) {
    output_bias()[o] -= rate_ * OutputBiasGradient(o);
  }
}

}  // namespace biasbench::bench::peers
