// The two products with a tile's hidden weights, forward and step, each by the method that suits
// the batch's size and the weights' format:
//
// |          | few samples (SuitsRowWalk) | more                                      |
// | float32  | walks of rows              | blocks (tile.h)                           |
// | bfloat16 | walks of words             | blocks, weights widened, or               |
// |          |                            | blocks of pairs where the processor has   |
// |          |                            | products of bfloat16 (batch.halves given) |
#pragma once

#include <cstdint>
#include <type_traits>
#include <utility>

#include "kernel/row_walk.h"
#include "kernel/tile.h"
#include "kernel/unstepped_rows.h"

namespace biasbench::kernel {

// True if the processor has bfloat16 products for such weights.
template <class Weights>
inline constexpr bool kMayMultiplyPairs =
    std::is_same_v<typename Weights::Stored, std::uint16_t>&& kHasBfloat16Products;

// True if they are used.
template <class Weights>
bool MultipliesPairs(const BatchView& batch) {
  return kMayMultiplyPairs<Weights> && batch.halves != nullptr;
}

template <class Weights>
bool SuitsWalk(const BatchView& batch) {
  return SuitsRowWalk(batch.size, batch.inputs, MultipliesPairs<Weights>(batch));
}

// Calls use(walk_batch) with the batch's rows in the form that walks of such weights read.
template <class Weights, class Use>
void WithWalkBatch(const BatchView& batch, const Use& use) {
  if constexpr (kMayMultiplyPairs<Weights>) {
    if (MultipliesPairs<Weights>(batch)) return use(batch.WalkHalves());
  }
  use(batch.Walk(Weights::kHasWords));
}

// result (nodes, B) = max(W X^T + b, lower_bound), bias (nodes) or null. `residence` is that of W.
// Compiled in hidden_products.cpp, for the values of every format.
template <class Values>
void MultiplyHidden(float lower_bound, std::int64_t nodes, const UnsteppedRows<Values>& weights,
                    Residence residence, const BatchView& batch, const float* bias, float* result);

// activation (nodes, B) = φ(W X^T + b). `residence` is that of W.
template <class Values>
void ForwardHidden(ActivationKind kind, std::int64_t nodes, const UnsteppedRows<Values>& weights,
                   Residence residence, const BatchView& batch, const float* bias,
                   float* activation) {
  MultiplyHidden(LowerBoundOf(kind), nodes, weights, residence, batch, bias, activation);
  if (kind != ActivationKind::kRelu) Activate(kind, nodes * batch.size, activation);
}

// ∂z (nodes, B) in single precision, and where the processor multiplies pairs, room for the rounded
// values: (nodes, 2·⌈B / 2⌉).
struct HiddenDelta {
  float* values;
  std::uint16_t* halves;
};

// The weights' step, W −= η ∂W under SGD. Where the processor multiplies pairs, delta.values may be
// rounded. Returns the number of rows left unwritten because they do not change.
template <class Weights>
std::int64_t StepHidden(std::int64_t nodes, const Weights& weights, const BatchView& batch,
                        const HiddenDelta& delta) {
  if (SuitsWalk<Weights>(batch)) {
    if (MultipliesPairs<Weights>(batch)) RoundDeltas(nodes * batch.size, delta.values);
    std::int64_t unwritten = 0;
    WithWalkBatch<Weights>(batch, [&](const auto& walk) {
      unwritten = WalkSteps(nodes, weights, walk, delta.values, NoProduct{});
    });
    return unwritten;
  }
  if constexpr (kMayMultiplyPairs<Weights>) {
    if (MultipliesPairs<Weights>(batch)) {
      PairDeltas(nodes, batch.size, delta.values, delta.halves);
      HiddenWeightStepOfPairs(nodes, weights, batch, delta.halves);
      return 0;
    }
  }
  HiddenWeightStep(nodes, weights, batch, delta.values);
  return 0;
}

// True if a step and the next batch's products can share one walk: both batches are small, and the
// sums have the same bits as ForwardHidden's.
template <class Weights>
bool SuitsOneWalk(const BatchView& batch, const BatchView& next) {
  return Weights::kHasWords == decltype(std::declval<Weights>().Unstepped())::kHasWords &&
         SuitsWalk<Weights>(batch) && SuitsWalk<Weights>(next);
}

// The step and, in the same walk, activation (nodes, next.size) of the next batch, for batches that
// SuitsOneWalk(). Returns as StepHidden does.
template <class Weights>
std::int64_t StepAndForwardHidden(ActivationKind kind, std::int64_t nodes, const Weights& weights,
                                  const BatchView& batch, const HiddenDelta& delta,
                                  const BatchView& next, const float* bias, float* activation) {
  std::int64_t unwritten = 0;
  if (MultipliesPairs<Weights>(batch)) RoundDeltas(nodes * batch.size, delta.values);
  WithWalkBatch<Weights>(batch, [&]<class X>(const WalkBatch<X>& walk) {
    WithWalkBatch<Weights>(next, [&]<class NextX>(const WalkBatch<NextX>& next_walk) {
      if constexpr (std::is_same_v<X, NextX>) {
        unwritten = StepAndForwardByRows(LowerBoundOf(kind), nodes, weights, walk, delta.values,
                                         next_walk, bias, activation);
      }
    });
  });
  if (kind != ActivationKind::kRelu) Activate(kind, nodes * next.size, activation);
  return unwritten;
}

}  // namespace biasbench::kernel
