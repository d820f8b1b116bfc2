// Every kernel of a tile, componentwise within the bound of single precision.
#include "kernel/tile.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

#include "kernel/float32.h"
#include "reference/guarded_result.h"
#include "reference/rounding_bound.h"
#include "schedule/sgd.h"
#include "schedule/trained_network.h"

namespace biasbench::kernel {
namespace {

using reference::Bounded;
using reference::BoundedActivation;
using reference::BoundedReluGradient;
using reference::BoundedStep;
using reference::BoundedSum;
using reference::BoundedTanhGradient;
using reference::GuardedResult;
using schedule::Noise;
using schedule::Shape;

constexpr std::int64_t kSizes[] = {1, 2, 3, 5, 7, 8, 9, 15, 16, 17, 63, 64, 65, 127, 1023};

std::vector<float> Transposed(const std::vector<float>& rows, std::int64_t columns) {
  const std::int64_t count = static_cast<std::int64_t>(rows.size()) / columns;
  std::vector<float> panel(rows.size());
  for (std::int64_t i = 0; i < count * columns; ++i) {
    panel[i % columns * count + i / columns] = rows[i];
  }
  return panel;
}

// One row of a matrix (or, with a stride, one column) as BoundedSum reads it.
auto Line(const std::vector<float>& values, std::int64_t begin, std::int64_t stride = 1) {
  return [&values, begin, stride](std::int64_t i) { return Bounded{values[begin + i * stride]}; };
}

// The operands of a tile's kernels. Activations are noise, so half of them are negative: to
// kernels these are, like zeros, inactive nodes.
struct Tile : Shape {
  explicit Tile(const Shape& s)
      : Shape(s),
        x(Noise(s.batch * s.inputs, 1)),
        hidden_weights(Noise(s.hidden * s.inputs, 2)),
        bias(Noise(s.hidden, 3)),
        output_weights(Noise(s.hidden * s.outputs, 4)),
        output_gradient(Noise(s.batch * s.outputs, 5)),
        activation(Noise(s.hidden * s.batch, 6)),
        delta(Noise(s.hidden * s.batch, 7)) {}

  std::vector<float> x;                // (batch, inputs)
  std::vector<float> hidden_weights;   // (hidden, inputs)
  std::vector<float> bias;             // (hidden)
  std::vector<float> output_weights;   // (hidden, outputs)
  std::vector<float> output_gradient;  // (batch, outputs)
  std::vector<float> activation;       // (hidden, batch)
  std::vector<float> delta;            // (hidden, batch)
};

void CheckForward(const Tile& tile, ActivationKind kind, bool has_bias) {
  const std::vector<float> panel = Transposed(tile.x, tile.inputs);
  const BatchView view{tile.batch, tile.inputs, tile.x.data(), panel.data()};
  const float* bias = has_bias ? tile.bias.data() : nullptr;
  GuardedResult from_cache(tile.hidden * tile.batch);
  GuardedResult from_memory(tile.hidden * tile.batch);
  ForwardTile<Residence::kInCache>(LowerBoundOf(kind), tile.hidden, tile.hidden_weights.data(),
                                   view, bias, from_cache.data());
  ForwardTile<Residence::kInMemory>(LowerBoundOf(kind), tile.hidden, tile.hidden_weights.data(),
                                    view, bias, from_memory.data());
  if (kind != ActivationKind::kRelu) {
    Activate(kind, tile.hidden * tile.batch, from_cache.data());
    Activate(kind, tile.hidden * tile.batch, from_memory.data());
  }
  std::vector<Bounded> expected;
  for (std::int64_t i = 0; i < tile.hidden * tile.batch; ++i) {
    const Bounded start{has_bias ? tile.bias[i / tile.batch] : 0};
    expected.push_back(BoundedActivation(
        kind,
        BoundedSum(start, tile.inputs, Line(tile.hidden_weights, i / tile.batch * tile.inputs),
                   Line(tile.x, i % tile.batch * tile.inputs))));
  }
  const auto at = [&](std::int64_t i) { return expected[i]; };
  from_cache.Check("ForwardTile, cache", at);
  from_memory.Check("ForwardTile, memory", at);
}

void CheckOutputs(const Tile& tile) {
  const std::vector<float> start = Noise(tile.outputs * tile.batch, 8);
  GuardedResult sums(start);
  AccumulateOutputs(tile.hidden, tile.outputs, tile.batch, tile.output_weights.data(),
                    tile.activation.data(), sums.data());
  sums.Check("AccumulateOutputs", [&](std::int64_t i) {
    return BoundedSum({start[i]}, tile.hidden,
                      Line(tile.output_weights, i / tile.batch, tile.outputs),
                      Line(tile.activation, i % tile.batch, tile.batch));
  });
}

void CheckDelta(const Tile& tile, ActivationKind kind, const OutputGradient& gradient) {
  GuardedResult delta(tile.hidden * tile.batch);
  DeltaTile(kind, tile.hidden, tile.batch, tile.output_weights.data(), gradient,
            tile.activation.data(), delta.data());
  delta.Check("DeltaTile", [&](std::int64_t i) {
    const Bounded upstream =
        BoundedSum({}, tile.outputs, Line(tile.output_weights, i / tile.batch * tile.outputs),
                   Line(tile.output_gradient, i % tile.batch * tile.outputs));
    // Activations are given, so without error, also at the kink.
    return kind == ActivationKind::kTanh ? BoundedTanhGradient({tile.activation[i]}, upstream)
                                         : BoundedReluGradient({tile.activation[i], -1}, upstream);
  });
}

void CheckOutputWeightGradient(const Tile& tile, const OutputGradient& gradient) {
  GuardedResult result(tile.hidden * tile.outputs);
  OutputWeightGradient(tile.hidden, tile.batch, gradient, tile.activation.data(), result.data());
  result.Check("OutputWeightGradient", [&](std::int64_t i) {
    return BoundedSum({}, tile.batch, Line(tile.activation, i / tile.outputs * tile.batch),
                      Line(tile.output_gradient, i % tile.outputs, tile.outputs));
  });
}

// Weights that a product steps, with records of those stepped and prefetched.
struct RecordedWeights {
  static constexpr bool kHasWords = false;

  template <class SomeLanes>
  void Step(std::int64_t i, Vector gradient, SomeLanes lanes) const {
    stepped->push_back(i);
    step(group, i, gradient, lanes);
  }
  void PrefetchAt(std::int64_t i) const { asked_for->push_back(i); }

  schedule::SgdStep<false> step{schedule::StepSettings(1, 0.25), {}};
  schedule::ParameterGroup<FloatValues> group;
  std::vector<std::int64_t>* stepped;
  std::vector<std::int64_t>* asked_for;
};

void CheckHiddenWeightStep(const Tile& tile) {
  GuardedResult result(tile.hidden_weights);
  std::vector<std::int64_t> stepped;
  std::vector<std::int64_t> asked_for;
  const RecordedWeights weights{.group = {{result.data()}, {nullptr}, {nullptr}},
                                .stepped = &stepped,
                                .asked_for = &asked_for};
  const BatchView batch{tile.batch, tile.inputs, tile.x.data(), nullptr};
  HiddenWeightStep(tile.hidden, weights, batch, tile.delta.data());
  for (std::int64_t& i : asked_for) i -= kStepRowsAhead * tile.inputs;
  std::ranges::sort(stepped);
  std::ranges::sort(asked_for);
  EXPECT_EQ(stepped, asked_for);
  result.Check("HiddenWeightStep", [&](std::int64_t i) {
    return BoundedStep({tile.hidden_weights[i]}, {0.25},
                       BoundedSum({}, tile.batch, Line(tile.delta, i / tile.inputs * tile.batch),
                                  Line(tile.x, i % tile.inputs, tile.inputs)));
  });
}

void CheckNodeGradient(const Tile& tile) {
  GuardedResult gradient(tile.hidden);
  NodeGradient(tile.hidden, tile.batch, tile.delta.data(), gradient.data());
  gradient.Check("NodeGradient", [&](std::int64_t h) {
    return BoundedSum({}, tile.batch, Line(tile.delta, h * tile.batch),
                      [](std::int64_t /*n*/) { return Bounded{1}; });
  });
}

void CheckTile(const Tile& tile) {
  SCOPED_TRACE(testing::Message() << "inputs " << tile.inputs << " nodes " << tile.hidden
                                  << " outputs " << tile.outputs << " batch " << tile.batch);
  const std::vector<float> panel = Transposed(tile.output_gradient, tile.outputs);
  const OutputGradient gradient{tile.outputs, tile.output_gradient.data(), panel.data()};
  for (const ActivationKind kind : {ActivationKind::kRelu, ActivationKind::kTanh}) {
    CheckForward(tile, kind, true);
    CheckForward(tile, kind, false);
    CheckDelta(tile, kind, gradient);
  }
  CheckOutputs(tile);
  CheckOutputWeightGradient(tile, gradient);
  CheckHiddenWeightStep(tile);
  CheckNodeGradient(tile);
}

void CheckTile(const Shape& shape) { CheckTile(Tile(shape)); }

TEST(Tile, EveryNumberOfInputs) {
  for (const std::int64_t inputs : kSizes) {
    CheckTile({inputs, 13, 3, 5});
    CheckTile({inputs, 5, 2, 1});
  }
}
TEST(Tile, EveryNumberOfNodes) {
  for (const std::int64_t nodes : kSizes) CheckTile({3, nodes, 2, 7});
}
TEST(Tile, EveryBatchSize) {
  for (const std::int64_t batch : kSizes) CheckTile({7, 13, 3, batch});
}
TEST(Tile, EveryNumberOfOutputs) {
  for (std::int64_t outputs = 1; outputs <= 33; ++outputs) CheckTile({3, 13, outputs, 5});
}
TEST(Tile, PairsOfOddSizes) {
  for (const std::int64_t inputs : {1, 17, 65}) {
    for (const std::int64_t nodes : {1, 13, 31}) {
      for (const std::int64_t outputs : {1, 7, 19}) {
        for (const std::int64_t batch : {1, 3, 33}) CheckTile({inputs, nodes, outputs, batch});
      }
    }
  }
}

// One value of one operand: exactly what the formula makes NaN or infinite may become so.
TEST(Tile, WhatIsNotFiniteReachesWhatDependsOnIt) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  std::vector<float> Tile::*const operands[] = {
      &Tile::x,     &Tile::hidden_weights, &Tile::bias,           &Tile::output_weights,
      &Tile::delta, &Tile::activation,     &Tile::output_gradient};
  for (const float value : {std::nanf(""), kInfinity, -kInfinity}) {
    for (const Shape& shape : {Shape{3, 14, 5, 19}, Shape{70, 5, 19, 3}}) {
      for (const auto operand : operands) {
        for (const std::size_t denominator : {1, 2, 3}) {
          Tile tile(shape);
          std::vector<float>& values = tile.*operand;
          values[(values.size() - 1) / denominator] = value;
          CheckTile(tile);
        }
      }
    }
  }
}

}  // namespace
}  // namespace biasbench::kernel
