#include "bench/peers/textbook_peer.h"

#include "bench/peers/multiply.h"

namespace biasbench::bench::peers {
namespace {

using memory::Category;

void Apply(float rate, const memory::TrackedBuffer<float>& gradient, float* values) {
#pragma omp parallel for simd
  for (std::int64_t i = 0; i < gradient.size(); ++i) values[i] -= rate * gradient[i];
}

}  // namespace

TextbookPeer::TextbookPeer(const PeerSetting& setting, const data::Dataset& batch,
                           memory::Ledger& ledger)
    : BlasPeer(setting, batch, ledger),
      hidden_weight_gradient_(ledger, Category::kWeightGradient, shape_.hidden * shape_.inputs),
      output_weight_gradient_(ledger, Category::kWeightGradient, shape_.hidden * shape_.outputs),
      hidden_bias_gradient_(ledger, Category::kBiasGradient, shape_.hidden),
      output_bias_gradient_(ledger, Category::kBiasGradient, shape_.outputs) {}

void TextbookPeer::Update() {
  Multiply({shape_.hidden, shape_.inputs, shape_.batch}, 1, {deltas()}, {inputs()}, 0,
           hidden_weight_gradient_.data());
  Multiply({shape_.hidden, shape_.outputs, shape_.batch}, 1, {activations()}, {output_gradient()},
           0, output_weight_gradient_.data());
#pragma omp parallel for
  for (std::int64_t h = 0; h < shape_.hidden; ++h) {
    hidden_bias_gradient_[h] = HiddenBiasGradient(h);
  }
  for (std::int64_t o = 0; o < shape_.outputs; ++o) {
    output_bias_gradient_[o] = OutputBiasGradient(o);
  }
  Apply(rate_, hidden_weight_gradient_, hidden_weights());
  Apply(rate_, output_weight_gradient_, output_weights());
  Apply(rate_, hidden_bias_gradient_, hidden_bias());
  Apply(rate_, output_bias_gradient_, output_bias());
}

}  // namespace biasbench::bench::peers
