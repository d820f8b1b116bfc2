// The forward and backward pass of a tile when a node has few weights (up to kMaxNarrowInputs, one
// output): then nothing is a matrix product, and vectors run across hidden nodes instead of
// samples. A block of kNodeLanes nodes keeps its weights and its gradients in registers while all
// samples of the batch pass by; no activation or delta need be in memory.
//
// Per node and sample: 2·inputs + 2 FLOPs forward, 4·inputs + 6 backward with recomputation.
#pragma once

#include <algorithm>
#include <cstdint>

#include "kernel/activation.h"
#include "kernel/lanes.h"
#include "kernel/tile.h"

namespace biasbench::kernel {

inline constexpr std::int64_t kMaxNarrowInputs = 4;
// The nodes of a block: the same on every machine, whatever its vectors, so that memory is the same
// too.
inline constexpr std::int64_t kNodeLanes = 16;

constexpr bool IsNarrow(std::int64_t inputs, std::int64_t outputs) {
  return inputs <= kMaxNarrowInputs && outputs == 1;
}

// The parameters of a tile's nodes: hidden_weights (nodes, inputs), output_weights (nodes), bias
// (nodes) or null.
struct NarrowParameters {
  std::int64_t nodes;
  const float* hidden_weights;
  const float* output_weights;
  const float* bias;
};

// The outputs for a tile's gradients: hidden_weights (nodes, inputs), output_weights (nodes), node
// (nodes).
struct NarrowGradients {
  float* hidden_weights;
  float* output_weights;
  float* node;
};

// lane_sums (batch, kNodeLanes) += a φ(w·x + b), lane by lane. If `activation` is not null the
// activations are kept there, in an order of this file's own (nodes·batch floats).
void ForwardNarrow(ActivationKind kind, const NarrowParameters& parameters, const BatchView& batch,
                   float* activation, float* lane_sums);

// Computes the gradients of all the tile's parameters. `activation` is as ForwardNarrow kept it, or
// null to compute it again.
void BackwardNarrow(ActivationKind kind, const NarrowParameters& parameters, const BatchView& batch,
                    const OutputGradient& gradient, const float* activation,
                    const NarrowGradients& gradients);

}  // namespace biasbench::kernel
