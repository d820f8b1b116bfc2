// The base of peers on a BLAS library: the layout, and the passes from the inputs to the deltas.
#pragma once

#include <cstdint>
#include <vector>

#include "bench/peers/peer.h"
#include "memory/tracked_buffer.h"
#include "schedule/parameters.h"

namespace biasbench::bench::peers {

class BlasPeer : public Peer {
 public:
  BlasPeer(const PeerSetting& setting, const data::Dataset& batch, memory::Ledger& ledger);

  double Step() final;

 protected:
  // Updates the parameters from the batch's activations, deltas and output gradient.
  virtual void Update() = 0;

  const float* inputs() const { return batch_.values.data(); }                   // (batch, inputs)
  const float* activations() const { return activations_.data(); }               // (hidden, batch)
  const float* deltas() const { return deltas_.data(); }                         // (hidden, batch)
  const float* output_gradient() const { return output_gradient_.data(); }       // (batch, outputs)
  float* hidden_weights() const { return parameters_.hidden_weights.floats(); }  // (hidden, inputs)
  float* output_weights() const {
    return parameters_.output_weights.floats();
  }  // (hidden, outputs)
  float* hidden_bias() const { return reinterpret_cast<float*>(parameters_.hidden_bias.data()); }
  float* output_bias() const { return parameters_.output_bias.data(); }
  // Sums over samples: of a hidden node's deltas, and of an output's gradients.
  float HiddenBiasGradient(std::int64_t node) const;
  float OutputBiasGradient(std::int64_t output) const;

  const schedule::Shape shape_;
  const float rate_;

 private:
  void ComputeActivations();
  void ComputeOutputs();
  void ComputeDeltas();

  const data::Dataset& batch_;
  std::vector<std::int32_t> order_;  // of the samples: all of them
  schedule::Parameters parameters_;
  memory::TrackedBuffer<float> activations_;
  memory::TrackedBuffer<float> deltas_;
  memory::TrackedBuffer<float> outputs_;
  memory::TrackedBuffer<float> output_gradient_;
};

}  // namespace biasbench::bench::peers
