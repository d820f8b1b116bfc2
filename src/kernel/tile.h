// The forward and backward passes of one tile of hidden nodes: five products with their epilogues.
//
//   z  = W X^T + b                     ForwardTile                 2·T·B·inputs FLOPs
//   F += A^T φ                         AccumulateOutputs           2·T·B·outputs
//   ∂z = (A δ^T) ∘ φ'(z)               DeltaTile                   2·T·B·outputs
//   ∂A = φ δ                           OutputWeightGradient        2·T·B·outputs
//   ∂W = ∂z X                          HiddenWeightGradient        2·T·B·inputs
//
// with T hidden nodes and B samples. Arrays of a tile are (T, B), a node's samples contiguous.
// Everything here is run by the one thread that owns the tile's chunk.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

#include "kernel/activation.h"
#include "kernel/bfloat16_products.h"
#include "kernel/micro_kernel.h"
#include "kernel/row_walk.h"

namespace biasbench::kernel {

// A batch in the form that kernels read; `inputs` includes the bias unit if there is one.
struct BatchView {
  std::int64_t size;
  std::int64_t inputs;
  const float* rows;       // (size, inputs)
  const float* panel;      // (inputs, size): the same, transposed
  bool is_finite = false;  // whether all inputs are known to be
  // (size, inputs): rows with paired columns (PairColumns in lanes.h), for weights stored two to a
  // word. Null for other weights, and for an odd number of inputs, with which rows of weights would
  // begin within words.
  const float* paired_rows = nullptr;

  // Operands of bfloat16 products by the processor, rounded to nearest; else null.
  const std::uint16_t* halves = nullptr;  // (size, inputs)
  const float* input_pairs = nullptr;     // (inputs / 2, size): words of two neighbouring inputs
  const float* last_inputs = nullptr;     // (size): the last one, where inputs are odd in number
  // (⌈size / 2⌉, inputs): words of two samples' (the last may be zeros); columns as in paired_rows.
  const float* sample_pairs = nullptr;

  // A part of the samples, by rows alone.
  BatchView Part(std::int64_t begin, std::int64_t samples) const {
    if (begin == 0 && samples == size) return *this;
    return {samples, inputs, rows + begin * inputs, nullptr};
  }

  // True if whole blocks of columns are taken by pairs.
  bool pairs_columns() const { return inputs % 2 == 0; }
  std::int64_t sample_pairs_count() const { return (size + 1) / 2; }
  WalkBatch<float> Walk(bool has_words) const {
    return {size, inputs, has_words && pairs_columns() ? paired_rows : rows, is_finite};
  }
  WalkBatch<std::uint16_t> WalkHalves() const { return {size, inputs, halves, is_finite}; }
};

// The epilogue that steps weights stored two to a word by a product's sums.
template <class Weights>
struct StepOfPairs {
  template <class SomeLanes>
  HWY_INLINE void operator()(std::int64_t i, Vector gradient, SomeLanes lanes) const {
    weights.Step(i, gradient, lanes);
  }
  HWY_INLINE void operator()(std::int64_t i, const EvenAndOdd& gradient) const {
    weights.StepWords(i, gradient);
  }

  Weights weights;
};

// δ, the gradient of the loss with respect to the outputs, by rows and transposed.
struct OutputGradient {
  std::int64_t outputs;
  const float* rows;   // (batch, outputs)
  const float* panel;  // (outputs, batch)
};

// The initial value of sums: the node's bias, or zero without biases (null).
struct FromBias {
  const float* bias;
  Vector Initial(std::int64_t row) const {
    return bias == nullptr ? hn::Zero(kFloat) : hn::Set(kFloat, bias[row]);
  }
};

// The lower bound that a forward product clamps z to, which is all of ReLU. tanh has none: it is
// applied in a pass of its own while the tile is in cache, since an epilogue is unrolled two dozen
// times.
inline constexpr float kNoLowerBound = -std::numeric_limits<float>::infinity();
constexpr float LowerBoundOf(ActivationKind kind) {
  return kind == ActivationKind::kRelu ? 0 : kNoLowerBound;
}

// The forward product's epilogue: result (nodes, batch) = max(z, lower_bound).
struct StoreClamped {
  StoreClamped(float min_z, float* to) : result(to), lower_bound(hn::Set(kFloat, min_z)) {}
  template <class SomeLanes>
  HWY_INLINE void operator()(std::int64_t i, Vector z, SomeLanes lanes) const {
    // Not Max, since NaN must pass.
    lanes.Store(hn::IfThenElse(hn::Le(z, lower_bound), lower_bound, z), result + i);
  }

  float* result;
  Vector lower_bound;
};

// result (nodes, B) = max(W X^T + b, lower_bound), bias (nodes) or null. kWeights is the residence
// of W. Prefetches the next tile's results, which a backward pass that follows tile by tile will
// read from memory. (Batch 64: ∂A takes half of the time.)
template <Residence kWeights, class Weight>
void ForwardTile(float lower_bound, std::int64_t nodes, const Weight* hidden_weights,
                 const BatchView& batch, const float* bias, float* result) {
  Product<kWeights>(nodes, batch.size, batch.inputs, Left(hidden_weights, batch.inputs, 1),
                    {batch.panel, batch.size}, FromBias{bias}, StoreClamped(lower_bound, result),
                    [next = result + nodes * batch.size](std::int64_t i) { Prefetch(next + i); });
}

// ForwardTile for batches that suit walks: `weights` as WalkForward() takes them, batch by rows.
template <class Weights, class X>
void ForwardTileByRows(float lower_bound, std::int64_t nodes, const Weights& weights,
                       const WalkBatch<X>& batch, const float* bias, float* result) {
  WalkForward(nodes, weights,
              WalkProduct{batch, FromBias{bias}, StoreClamped(lower_bound, result)});
}

// The epilogue that adds the last of an odd number of inputs, which pairs leave out, to z.
struct AddLastInput {
  template <class SomeLanes>
  HWY_INLINE void operator()(std::int64_t i, Vector z, SomeLanes lanes) const {
    const auto weight = static_cast<std::uint32_t>(last_weights[i / samples * inputs]) << 16;
    const Vector x = lanes.Load(last_inputs + i % samples);
    store(i, hn::MulAdd(hn::BitCast(kFloat, hn::Set(kBits, weight)), x, z), lanes);
  }

  StoreClamped store;
  const std::uint16_t* last_weights;  // of the first row
  const float* last_inputs;
  std::int64_t samples;
  std::int64_t inputs;
};

// ForwardTile by the processor's bfloat16 products.
template <Residence kWeights>
void ForwardTileOfPairs(float lower_bound, std::int64_t nodes, const std::uint16_t* hidden_weights,
                        const BatchView& batch, const float* bias, float* result) {
  const StoreClamped store(lower_bound, result);
  const auto product = [&](const auto& epilogue) {
    Product<kWeights>(nodes, batch.size, batch.inputs / 2, LeftPairs(hidden_weights, batch.inputs),
                      {batch.input_pairs, batch.size}, FromBias{bias}, epilogue,
                      [next = result + nodes * batch.size](std::int64_t i) { Prefetch(next + i); });
  };
  if (batch.pairs_columns()) return product(store);
  product(AddLastInput{store, hidden_weights + batch.inputs - 1, batch.last_inputs, batch.size,
                       batch.inputs});
}

// output_sum (outputs, B) += A^T φ. With one sample, vectors run along the outputs: the same sums
// in a tenth of the multiply-adds.
inline void AccumulateOutputs(std::int64_t nodes, std::int64_t outputs, std::int64_t batch,
                              const float* output_weights, const float* activation,
                              float* output_sum) {
  const auto add = [output_sum](std::int64_t i, Vector sum, auto lanes) {
    lanes.Store(hn::Add(lanes.Load(output_sum + i), sum), output_sum + i);
  };
  if (batch == 1) {
    Product(1, outputs, nodes, Left(activation, nodes, 1), {output_weights, outputs}, FromZero{},
            add);
  } else {
    Product(outputs, batch, nodes, Left(output_weights, 1, outputs), {activation, batch},
            FromZero{}, add);
  }
}

// delta (nodes, B) = (A δ^T) ∘ φ'(z); φ' is read off the activation.
inline void DeltaTile(ActivationKind kind, std::int64_t nodes, std::int64_t batch,
                      const float* output_weights, const OutputGradient& gradient,
                      const float* activation, float* delta) {
  VisitActivation(kind, [&]<class Phi>() {
    Product(nodes, batch, gradient.outputs, Left(output_weights, gradient.outputs, 1),
            {gradient.panel, batch}, FromZero{},
            [activation, delta](std::int64_t i, Vector sum, auto lanes) {
              lanes.Store(Phi::Gradient(lanes.Load(activation + i), sum), delta + i);
            });
  });
}

// result (nodes, outputs) = ∂A. The step is not part of the product as with hidden weights: a few
// outputs fill only part of a vector, and loading a row of A waits for the store of the row before
// it in the same 64 bytes. (10 outputs, the step in a pass of its own: 0.6 of the time at batch 64,
// a third at 16.)
inline void OutputWeightGradient(std::int64_t nodes, std::int64_t batch,
                                 const OutputGradient& gradient, const float* activation,
                                 float* result) {
  const std::int64_t outputs = gradient.outputs;
  Product(nodes, outputs, batch, Left(activation, batch, 1), {gradient.rows, outputs}, FromZero{},
          [result](std::int64_t i, Vector sum, auto lanes) { lanes.Store(sum, result + i); });
}

// The distance in rows by which a hidden weight's step prefetches. A product goes down stripes: 16
// rows take 0.92 of the time of a stripe at batch 64, 0.90 at 16; 6 and 40 rows take more, 12 to 24
// the same.
inline constexpr std::int64_t kStepRowsAhead = 16;

// Rounds values to the nearest bfloat16, kept as floats.
inline void RoundDeltas(std::int64_t size, float* values) {
  for (std::int64_t i = 0; i < size; ++i) values[i] = FromBfloat16(NearestBfloat16(values[i]));
}
// Rounds deltas to the nearest bfloat16; rows of an odd number of samples get a zero at the end.
inline void PairDeltas(std::int64_t nodes, std::int64_t batch, const float* delta,
                       std::uint16_t* halves) {
  for (std::int64_t node = 0; node < nodes; ++node, delta += batch) {
    for (std::int64_t n = 0; n < batch; ++n) *halves++ = NearestBfloat16(delta[n]);
    if (batch % 2 != 0) *halves++ = 0;
  }
}

// The steps of weights whose gradient is a product.
template <class Weights, class Factors>
void StepByProduct(std::int64_t nodes, const Weights& weights, bool pairs_columns,
                   std::int64_t depth, const LeftOperand<Factors>& left, const Panel& panel) {
  const std::int64_t inputs = panel.depth_stride;
  const auto product = [&](const auto& step) {
    Product(nodes, inputs, depth, left, panel, FromZero{}, step,
            [weights, ahead = kStepRowsAhead * inputs](std::int64_t i) {
              weights.PrefetchAt(i + ahead);
            });
  };
  if constexpr (Weights::kHasWords) {
    if (pairs_columns) return product(StepOfPairs<Weights>{weights});
  }
  product(
      [weights](std::int64_t i, Vector gradient, auto lanes) { weights.Step(i, gradient, lanes); });
}

// The step of hidden weights, W −= η ∂W under SGD: `weights` has Step(i, gradient, lanes) and
// PrefetchAt(i) for the weights from i on.
template <class Weights>
void HiddenWeightStep(std::int64_t nodes, const Weights& weights, const BatchView& batch,
                      const float* delta) {
  StepByProduct(nodes, weights, batch.pairs_columns(), batch.size, Left(delta, batch.size, 1),
                {batch.Walk(Weights::kHasWords).x, batch.inputs});
}

// HiddenWeightStep by the processor's bfloat16 products: delta (nodes, 2·⌈B / 2⌉), rounded to
// nearest, with zeros behind an odd number of samples.
template <class Weights>
void HiddenWeightStepOfPairs(std::int64_t nodes, const Weights& weights, const BatchView& batch,
                             const std::uint16_t* delta) {
  const std::int64_t pairs = batch.sample_pairs_count();
  StepByProduct(nodes, weights, batch.pairs_columns(), pairs, LeftPairs(delta, 2 * pairs),
                {batch.sample_pairs, batch.inputs});
}

// The step for batches that suit walks, and in the same walk the result (nodes, next.samples) of a
// next batch that suits them too; weights and result as for WalkSteps().
template <class Weights, class X>
std::int64_t StepAndForwardByRows(float lower_bound, std::int64_t nodes, const Weights& weights,
                                  const WalkBatch<X>& batch, const float* delta,
                                  const WalkBatch<X>& next, const float* bias, float* result) {
  return WalkSteps(nodes, weights, batch, delta,
                   WalkProduct{next, FromBias{bias}, StoreClamped(lower_bound, result)});
}

// node_gradient[node] = Σ_n ∂z: the gradient of a node's own bias.
inline void NodeGradient(std::int64_t nodes, std::int64_t batch, const float* delta,
                         float* node_gradient) {
  if (batch == 1) {
    std::copy_n(delta, nodes, node_gradient);
    return;
  }
  for (std::int64_t node = 0; node < nodes; ++node) {
    Vector sum = hn::Zero(kFloat);
    ForEachVector(batch, [&](std::int64_t i, auto lanes) {
      sum = hn::Add(sum, lanes.Load(delta + node * batch + i));
    });
    node_gradient[node] = AllLanes{}.Sum(sum);
  }
}

}  // namespace biasbench::kernel
