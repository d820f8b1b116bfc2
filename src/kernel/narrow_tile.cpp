#include "kernel/narrow_tile.h"

namespace biasbench::kernel {
namespace {

constexpr int kVectors = static_cast<int>(kNodeLanes / std::min(kNodeLanes, kVectorLanes));

// One number for each of a block's nodes.
struct NodeVector {
  Vector v[kVectors];
};

NodeVector Zero() {
  NodeVector zero;
  for (Vector& v : zero.v) v = hn::Zero(kFloat);
  return zero;
}

NodeVector LoadNodes(const float* from) {
  NodeVector nodes;
  for (int i = 0; i < kVectors; ++i) nodes.v[i] = hn::LoadU(kFloat, from + i * kVectorLanes);
  return nodes;
}

void StoreNodes(const NodeVector& nodes, float* to) {
  for (int i = 0; i < kVectors; ++i) hn::StoreU(nodes.v[i], kFloat, to + i * kVectorLanes);
}

// Nodes from `count` on become zero.
void ZeroFrom(std::int64_t count, NodeVector& nodes) {
  for (int i = 0; i < kVectors; ++i) {
    const std::int64_t kept = std::clamp<std::int64_t>(count - i * kVectorLanes, 0, kVectorLanes);
    nodes.v[i] = hn::IfThenElseZero(hn::FirstN(kFloat, static_cast<std::size_t>(kept)), nodes.v[i]);
  }
}

// columns[d] = column d of the block's rows (kNodeLanes, kInputs).
template <int kInputs>
void LoadColumns(const float* rows, NodeVector* columns) {
  for (int i = 0; i < kVectors; ++i) {
    const float* from = rows + i * kVectorLanes * kInputs;
    if constexpr (kInputs == 1) {
      columns[0].v[i] = hn::LoadU(kFloat, from);
    } else if constexpr (kInputs == 2) {
      hn::LoadInterleaved2(kFloat, from, columns[0].v[i], columns[1].v[i]);
    } else if constexpr (kInputs == 3) {
      hn::LoadInterleaved3(kFloat, from, columns[0].v[i], columns[1].v[i], columns[2].v[i]);
    } else {
      hn::LoadInterleaved4(kFloat, from, columns[0].v[i], columns[1].v[i], columns[2].v[i],
                           columns[3].v[i]);
    }
  }
}

template <int kInputs>
void StoreColumns(const NodeVector* columns, float* rows) {
  for (int i = 0; i < kVectors; ++i) {
    float* to = rows + i * kVectorLanes * kInputs;
    if constexpr (kInputs == 1) {
      hn::StoreU(columns[0].v[i], kFloat, to);
    } else if constexpr (kInputs == 2) {
      hn::StoreInterleaved2(columns[0].v[i], columns[1].v[i], kFloat, to);
    } else if constexpr (kInputs == 3) {
      hn::StoreInterleaved3(columns[0].v[i], columns[1].v[i], columns[2].v[i], kFloat, to);
    } else {
      hn::StoreInterleaved4(columns[0].v[i], columns[1].v[i], columns[2].v[i], columns[3].v[i],
                            kFloat, to);
    }
  }
}

// φ(w·x + b) for one sample.
template <class Phi, int kInputs, bool kHasBias>
HWY_INLINE NodeVector ActivateNodes(const NodeVector* weights, const NodeVector& bias,
                                    const float* x) {
  NodeVector activation;
  for (int i = 0; i < kVectors; ++i) {
    Vector z = kHasBias ? hn::MulAdd(weights[0].v[i], hn::Set(kFloat, x[0]), bias.v[i])
                        : hn::Mul(weights[0].v[i], hn::Set(kFloat, x[0]));
    for (int d = 1; d < kInputs; ++d) {
      z = hn::MulAdd(weights[d].v[i], hn::Set(kFloat, x[d]), z);
    }
    activation.v[i] = Phi::Value(z);
  }
  return activation;
}

// A block of kNodeLanes nodes, or of fewer padded to as many: an infinite input, times a padded
// node's zero, would make every output NaN. activation (batch, kNodeLanes) or null.
template <class Phi, int kInputs, bool kHasBias, bool kIsPadded>
void ForwardBlock(const NarrowParameters& block, const BatchView& batch, float* activation,
                  float* lane_sums) {
  NodeVector weights[kInputs];
  LoadColumns<kInputs>(block.hidden_weights, weights);
  const NodeVector output_weights = LoadNodes(block.output_weights);
  const NodeVector bias = kHasBias ? LoadNodes(block.bias) : Zero();
  for (std::int64_t n = 0; n < batch.size; ++n) {
    NodeVector phi = ActivateNodes<Phi, kInputs, kHasBias>(weights, bias, batch.rows + n * kInputs);
    if constexpr (kIsPadded) ZeroFrom(block.nodes, phi);
    if (activation != nullptr) StoreNodes(phi, activation + n * kNodeLanes);
    NodeVector sum = LoadNodes(lane_sums + n * kNodeLanes);
    for (int i = 0; i < kVectors; ++i) {
      sum.v[i] = hn::MulAdd(output_weights.v[i], phi.v[i], sum.v[i]);
    }
    StoreNodes(sum, lane_sums + n * kNodeLanes);
  }
}

template <class Phi, int kInputs, bool kHasBias, bool kIsStored>
void BackwardBlock(const NarrowParameters& block, const BatchView& batch, const float* delta,
                   const float* activation, const NarrowGradients& gradients) {
  NodeVector weights[kInputs];
  LoadColumns<kInputs>(block.hidden_weights, weights);
  const NodeVector output_weights = LoadNodes(block.output_weights);
  const NodeVector bias = kHasBias ? LoadNodes(block.bias) : Zero();
  NodeVector weight_sums[kInputs];
  std::ranges::fill(weight_sums, Zero());
  NodeVector output_sum = Zero();
  NodeVector node_sum = Zero();
  for (std::int64_t n = 0; n < batch.size; ++n) {
    const float* x = batch.rows + n * kInputs;
    const NodeVector phi = kIsStored ? LoadNodes(activation + n * kNodeLanes)
                                     : ActivateNodes<Phi, kInputs, kHasBias>(weights, bias, x);
    const Vector delta_f = hn::Set(kFloat, delta[n]);
    for (int i = 0; i < kVectors; ++i) {
      const Vector delta_z = Phi::Gradient(phi.v[i], hn::Mul(output_weights.v[i], delta_f));
      output_sum.v[i] = hn::MulAdd(phi.v[i], delta_f, output_sum.v[i]);
      node_sum.v[i] = hn::Add(node_sum.v[i], delta_z);
      for (int d = 0; d < kInputs; ++d) {
        weight_sums[d].v[i] = hn::MulAdd(delta_z, hn::Set(kFloat, x[d]), weight_sums[d].v[i]);
      }
    }
  }
  StoreColumns<kInputs>(weight_sums, gradients.hidden_weights);
  StoreNodes(output_sum, gradients.output_weights);
  StoreNodes(node_sum, gradients.node);
}

// The last, partial block of a tile, in arrays that have room for a whole one; lanes behind the
// last node are zero.
struct PaddedBlock {
  PaddedBlock(const NarrowParameters& parameters, std::int64_t begin, std::int64_t inputs)
      : nodes(parameters.nodes - begin) {
    std::copy_n(parameters.hidden_weights + begin * inputs, nodes * inputs, hidden_weights);
    std::copy_n(parameters.output_weights + begin, nodes, output_weights);
    if (parameters.bias != nullptr) std::copy_n(parameters.bias + begin, nodes, bias);
  }
  NarrowParameters View(bool has_bias) const {
    return {nodes, hidden_weights, output_weights, has_bias ? bias : nullptr};
  }

  std::int64_t nodes;
  float hidden_weights[kNodeLanes * kMaxNarrowInputs] = {};
  float output_weights[kNodeLanes] = {};
  float bias[kNodeLanes] = {};
};

NarrowParameters Block(const NarrowParameters& tile, std::int64_t begin, std::int64_t inputs) {
  return {kNodeLanes, tile.hidden_weights + begin * inputs, tile.output_weights + begin,
          tile.bias == nullptr ? nullptr : tile.bias + begin};
}

template <class Phi, int kInputs, bool kHasBias>
void ForwardTileOf(const NarrowParameters& tile, const BatchView& batch, float* activation,
                   float* lane_sums) {
  std::int64_t begin = 0;
  for (; begin + kNodeLanes <= tile.nodes; begin += kNodeLanes) {
    ForwardBlock<Phi, kInputs, kHasBias, false>(
        Block(tile, begin, kInputs), batch,
        activation == nullptr ? nullptr : activation + begin * batch.size, lane_sums);
  }
  if (begin < tile.nodes) {
    // Its activations are not kept: there is no room for a padded block's.
    const PaddedBlock rest(tile, begin, kInputs);
    ForwardBlock<Phi, kInputs, kHasBias, true>(rest.View(kHasBias), batch, nullptr, lane_sums);
  }
}

template <class Phi, int kInputs, bool kHasBias>
void BackwardTileOf(const NarrowParameters& tile, const BatchView& batch, const float* delta,
                    const float* activation, const NarrowGradients& gradients) {
  std::int64_t begin = 0;
  for (; begin + kNodeLanes <= tile.nodes; begin += kNodeLanes) {
    const NarrowGradients block{gradients.hidden_weights + begin * kInputs,
                                gradients.output_weights + begin, gradients.node + begin};
    if (activation == nullptr) {
      BackwardBlock<Phi, kInputs, kHasBias, false>(Block(tile, begin, kInputs), batch, delta,
                                                   nullptr, block);
    } else {
      BackwardBlock<Phi, kInputs, kHasBias, true>(Block(tile, begin, kInputs), batch, delta,
                                                  activation + begin * batch.size, block);
    }
  }
  if (begin < tile.nodes) {
    const PaddedBlock rest(tile, begin, kInputs);
    float hidden_weights[kNodeLanes * kInputs];
    float output_weights[kNodeLanes];
    float node[kNodeLanes];
    BackwardBlock<Phi, kInputs, kHasBias, false>(rest.View(kHasBias), batch, delta, nullptr,
                                                 {hidden_weights, output_weights, node});
    const std::int64_t nodes = rest.nodes;
    std::copy_n(hidden_weights, nodes * kInputs, gradients.hidden_weights + begin * kInputs);
    std::copy_n(output_weights, nodes, gradients.output_weights + begin);
    std::copy_n(node, nodes, gradients.node + begin);
  }
}

// Calls visitor.operator()<Phi, kInputs, kHasBias>().
template <class Phi, bool kHasBias, class Visitor>
void VisitInputs(std::int64_t inputs, Visitor&& visitor) {
  switch (inputs) {
    case 1:
      return visitor.template operator()<Phi, 1, kHasBias>();
    case 2:
      return visitor.template operator()<Phi, 2, kHasBias>();
    case 3:
      return visitor.template operator()<Phi, 3, kHasBias>();
    default:
      return visitor.template operator()<Phi, 4, kHasBias>();
  }
}

template <class Visitor>
void VisitNarrow(ActivationKind kind, std::int64_t inputs, bool has_bias, Visitor&& visitor) {
  VisitActivation(kind, [&]<class Phi>() {
    if (has_bias) {
      VisitInputs<Phi, true>(inputs, visitor);
    } else {
      VisitInputs<Phi, false>(inputs, visitor);
    }
  });
}

}  // namespace

void ForwardNarrow(ActivationKind kind, const NarrowParameters& parameters, const BatchView& batch,
                   float* activation, float* lane_sums) {
  VisitNarrow(kind, batch.inputs, parameters.bias != nullptr,
              [&]<class Phi, int kInputs, bool kHasBias>() {
                ForwardTileOf<Phi, kInputs, kHasBias>(parameters, batch, activation, lane_sums);
              });
}

void BackwardNarrow(ActivationKind kind, const NarrowParameters& parameters, const BatchView& batch,
                    const OutputGradient& gradient, const float* activation,
                    const NarrowGradients& gradients) {
  VisitNarrow(kind, batch.inputs, parameters.bias != nullptr,
              [&]<class Phi, int kInputs, bool kHasBias>() {
                BackwardTileOf<Phi, kInputs, kHasBias>(parameters, batch, gradient.rows, activation,
                                                       gradients);
              });
}

}  // namespace biasbench::kernel
