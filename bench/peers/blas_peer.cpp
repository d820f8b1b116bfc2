#include "bench/peers/blas_peer.h"

#include <algorithm>
#include <numeric>

#include "bench/peers/multiply.h"
#include "bias/strategies.h"
#include "network/loss.h"

namespace biasbench::bench::peers {

using memory::Category;

BlasPeer::BlasPeer(const PeerSetting& setting, const data::Dataset& batch, memory::Ledger& ledger)
    : shape_(setting.shape),
      rate_(static_cast<float>(LearningRate(setting.shape))),
      batch_(batch),
      order_(static_cast<std::size_t>(batch.samples)),
      parameters_(ledger, {.shape = setting.shape,
                           .strategy = bias::ParseSelection("learned"),
                           .seed = setting.seed,
                           .threads = setting.threads}),
      activations_(ledger, Category::kActivations, shape_.hidden * shape_.batch),
      deltas_(ledger, Category::kDeltas, shape_.hidden * shape_.batch),
      outputs_(ledger, Category::kWorkspace, shape_.batch * shape_.outputs),
      output_gradient_(ledger, Category::kWorkspace, shape_.batch * shape_.outputs) {
  std::iota(order_.begin(), order_.end(), 0);
}

double BlasPeer::Step() {
  ComputeActivations();
  ComputeOutputs();
  const network::LossSum loss =
      network::ComputeLoss(batch_, order_, outputs_.data(), output_gradient_.data());
  ComputeDeltas();
  Update();
  return loss.loss / static_cast<double>(shape_.batch);
}

void BlasPeer::ComputeActivations() {
  Multiply({shape_.hidden, shape_.batch, shape_.inputs}, 1, {hidden_weights()},
           Transposed(inputs()), 0, activations_.data());
#pragma omp parallel for
  for (std::int64_t h = 0; h < shape_.hidden; ++h) {
    const float bias = hidden_bias()[h];
    float* row = activations_.data() + h * shape_.batch;
    for (std::int64_t n = 0; n < shape_.batch; ++n) row[n] = std::max(row[n] + bias, 0.0F);
  }
}

void BlasPeer::ComputeOutputs() {
  const float share = 1 / static_cast<float>(shape_.hidden);
  Multiply({shape_.batch, shape_.outputs, shape_.hidden}, share, Transposed(activations()),
           {output_weights()}, 0, outputs_.data());
  for (std::int64_t i = 0; i < outputs_.size(); ++i) {
    outputs_[i] += output_bias()[i % shape_.outputs];
  }
}

void BlasPeer::ComputeDeltas() {
  Multiply({shape_.hidden, shape_.batch, shape_.outputs}, 1, {output_weights()},
           Transposed(output_gradient()), 0, deltas_.data());
#pragma omp parallel for
  for (std::int64_t h = 0; h < shape_.hidden; ++h) {
    const float* activation = activations() + h * shape_.batch;
    float* delta = deltas_.data() + h * shape_.batch;
    for (std::int64_t n = 0; n < shape_.batch; ++n) {
      delta[n] = activation[n] > 0 ? delta[n] : 0.0F;
    }
  }
}

float BlasPeer::HiddenBiasGradient(std::int64_t node) const {
  const float* row = deltas() + node * shape_.batch;
  return std::accumulate(row, row + shape_.batch, 0.0F);
}

float BlasPeer::OutputBiasGradient(std::int64_t output) const {
  float sum = 0;
  for (std::int64_t n = 0; n < shape_.batch; ++n) {
    sum += output_gradient()[n * shape_.outputs + output];
  }
  return sum;
}

}  // namespace biasbench::bench::peers
