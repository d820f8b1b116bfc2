// The steps of a block (schedule `blocked`) between two passes over the hidden weights. Each sample
// has a column: one number for each hidden node, first W x, then z, then ∂z. Nodes lie side by side
// in a tile's columns (samples, nodes) and its output weights (outputs, nodes), so that vectors run
// across nodes and nothing is summed across lanes but the outputs, once a chunk.
//
//   z_n  = keep · column_n + b + Σ_j coefficient(n, j) · ∂z_j     CorrectColumns    2·T·B·j FLOPs
//   F   += A φ(z)                                                 AddColumnOutputs  2·T·B·outputs
//   ∂z_n = φ'(z_n) ∘ (A δ_n)                                      DeltaColumns      2·T·B·outputs
//   ∂A   = φ(z) δ                                                 StepOutputColumns 2·T·B·outputs
//
// with T nodes of a tile and B samples of a batch; j runs over samples of earlier steps (the
// recursion: blocked_schedule.h). Everything here is run by the thread that owns the tile.
#pragma once

#include <cstdint>

#include "kernel/activation.h"
#include "kernel/lanes.h"
#include "kernel/narrow_tile.h"
#include "kernel/tile.h"

namespace biasbench::kernel {

// The columns (∂z) of samples of earlier steps, and their coefficients in a batch's z.
struct EarlierColumns {
  std::int64_t count;
  const float* columns;       // (count, nodes)
  const float* coefficients;  // (batch, stride): the first `count` of a sample's row
  std::int64_t stride;
};

// z (batch, nodes) = keep · columns + bias (nodes; or null) + Σ coefficient · earlier column. z may
// be `columns`.
inline void CorrectColumns(std::int64_t nodes, std::int64_t batch, float keep, const float* bias,
                           const EarlierColumns& earlier, const float* columns, float* z) {
  const Vector factor = hn::Set(kFloat, keep);
  ForEachVector(nodes, [&](std::int64_t i, auto lanes) {
    const Vector start = bias == nullptr ? hn::Zero(kFloat) : lanes.Load(bias + i);
    for (std::int64_t n = 0; n < batch; ++n) {
      const float* coefficients = earlier.coefficients + n * earlier.stride;
      Vector sum = hn::MulAdd(factor, lanes.Load(columns + n * nodes + i), start);
      for (std::int64_t j = 0; j < earlier.count; ++j) {
        sum = hn::MulAdd(hn::Set(kFloat, coefficients[j]),
                         lanes.Load(earlier.columns + j * nodes + i), sum);
      }
      lanes.Store(sum, z + n * nodes + i);
    }
  });
}

// The vectors of nodes whose outputs are added at once, so that lane sums are loaded and stored
// once for all of them: with 64 nodes and 10 outputs in the cache, an Intel Xeon with AVX-512, 0.5
// of the time of one vector at batch 1, a third at 16 and 64.
inline constexpr int kColumnVectors = 4;

// AddColumnOutputs for kVectors vectors from node i on, kNodeLanes nodes apart, so that they add to
// the same lanes.
template <class Phi, int kVectors, class Weights, class SomeLanes>
HWY_INLINE void AddOutputsOfVectors(std::int64_t i, std::int64_t nodes, std::int64_t outputs,
                                    std::int64_t batch, const Weights& weights,
                                    const float* columns, float* sums, SomeLanes lanes) {
  for (std::int64_t n = 0; n < batch; ++n, sums += kNodeLanes) {
    // Lanes beyond the last node must stay zero, as φ(0) is.
    Vector activation[kVectors];
    BIASBENCH_UNROLL
    for (int v = 0; v < kVectors; ++v) {
      activation[v] = Phi::Value(lanes.Load(columns + n * nodes + i + v * kNodeLanes));
    }
    float* at = sums;
    for (std::int64_t o = 0; o < outputs; ++o, at += batch * kNodeLanes) {
      Vector sum = AllLanes{}.Load(at);
      BIASBENCH_UNROLL
      for (int v = 0; v < kVectors; ++v) {
        sum = hn::MulAdd(weights.Load(o * nodes + i + v * kNodeLanes, lanes), activation[v], sum);
      }
      AllLanes{}.Store(sum, at);
    }
  }
}

// lane_sums (outputs, batch, kNodeLanes) += A φ(z), lane by lane. `weights` loads (outputs, nodes).
template <class Phi, class Weights>
void AddColumnOutputs(std::int64_t nodes, std::int64_t outputs, std::int64_t batch,
                      const Weights& weights, const float* columns, float* lane_sums) {
  std::int64_t begin = 0;
  for (; begin + kColumnVectors * kNodeLanes <= nodes; begin += kColumnVectors * kNodeLanes) {
    for (std::int64_t lane = 0; lane < kNodeLanes; lane += kVectorLanes) {
      AddOutputsOfVectors<Phi, kColumnVectors>(begin + lane, nodes, outputs, batch, weights,
                                               columns, lane_sums + lane, AllLanes{});
    }
  }
  ForEachVector(
      nodes,
      [&](std::int64_t i, auto lanes) {
        AddOutputsOfVectors<Phi, 1>(i, nodes, outputs, batch, weights, columns,
                                    lane_sums + i % kNodeLanes, lanes);
      },
      begin);
}

// columns (batch, nodes): z becomes ∂z. activation (batch, nodes) = φ(z), node_gradient (nodes) =
// Σ_n ∂z.
template <class Phi, class Weights>
void DeltaColumns(std::int64_t nodes, std::int64_t batch, const OutputGradient& gradient,
                  const Weights& weights, float* columns, float* activation, float* node_gradient) {
  ForEachVector(nodes, [&](std::int64_t i, auto lanes) {
    Vector sum = hn::Zero(kFloat);
    for (std::int64_t n = 0; n < batch; ++n) {
      const float* output_gradient = gradient.rows + n * gradient.outputs;
      Vector upstream = hn::Zero(kFloat);
      for (std::int64_t o = 0; o < gradient.outputs; ++o) {
        upstream = hn::MulAdd(weights.Load(o * nodes + i, lanes),
                              hn::Set(kFloat, output_gradient[o]), upstream);
      }
      const Vector value = Phi::Value(lanes.Load(columns + n * nodes + i));
      const Vector delta = Phi::Gradient(value, upstream);
      lanes.Store(value, activation + n * nodes + i);
      lanes.Store(delta, columns + n * nodes + i);
      sum = hn::Add(sum, delta);
    }
    lanes.Store(sum, node_gradient + i);
  });
}

// Calls step(i, gradient, lanes) for the output weights (outputs, nodes) from i on.
template <class Step>
void StepOutputColumns(std::int64_t nodes, std::int64_t batch, const OutputGradient& gradient,
                       const float* activation, const Step& step) {
  ForEachVector(nodes, [&](std::int64_t i, auto lanes) {
    for (std::int64_t o = 0; o < gradient.outputs; ++o) {
      Vector sum = hn::Zero(kFloat);
      for (std::int64_t n = 0; n < batch; ++n) {
        sum = hn::MulAdd(lanes.Load(activation + n * nodes + i),
                         hn::Set(kFloat, gradient.rows[n * gradient.outputs + o]), sum);
      }
      step(o * nodes + i, sum, lanes);
    }
  });
}

}  // namespace biasbench::kernel
