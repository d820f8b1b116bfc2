// The kernels of nodes with few weights, componentwise within the bound of single precision.
#include "kernel/narrow_tile.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

#include "reference/guarded_result.h"
#include "reference/rounding_bound.h"
#include "schedule/trained_network.h"

namespace biasbench::kernel {
namespace {

using reference::Bounded;
using reference::BoundedActivation;
using reference::BoundedDelta;
using reference::BoundedSum;
using reference::GuardedResult;
using reference::IsWithin;
using schedule::Noise;

struct Tile {
  Tile(std::int64_t node_count, std::int64_t input_count, std::int64_t samples, bool with_bias,
       ActivationKind activation_kind)
      : kind(activation_kind),
        nodes(node_count),
        inputs(input_count),
        batch(samples),
        has_bias(with_bias),
        x(Noise(samples * input_count, 1)),
        hidden_weights(Noise(node_count * input_count, 2)),
        output_weights(Noise(node_count, 3)),
        bias(Noise(node_count, 4)),
        output_gradient(Noise(samples, 5)) {}

  NarrowParameters parameters() const {
    return {nodes, hidden_weights.data(), output_weights.data(), has_bias ? bias.data() : nullptr};
  }
  BatchView view() const { return {batch, inputs, x.data(), nullptr}; }
  Bounded PreActivation(std::int64_t h, std::int64_t n) const {
    return BoundedSum(
        {has_bias ? bias[h] : 0}, inputs,
        [&](std::int64_t d) { return Bounded{hidden_weights[h * inputs + d]}; },
        [&](std::int64_t d) { return Bounded{x[n * inputs + d]}; });
  }

  ActivationKind kind;
  std::int64_t nodes;
  std::int64_t inputs;
  std::int64_t batch;
  bool has_bias;
  std::vector<float> x;                // (batch, inputs)
  std::vector<float> hidden_weights;   // (nodes, inputs)
  std::vector<float> output_weights;   // (nodes)
  std::vector<float> bias;             // (nodes)
  std::vector<float> output_gradient;  // (batch)
};

// φ(z) and ∂z of every node and sample.
struct Expected {
  explicit Expected(const Tile& tile) : samples(tile.batch) {
    for (std::int64_t i = 0; i < tile.nodes * samples; ++i) {
      const std::int64_t h = i / samples;
      const std::int64_t n = i % samples;
      const Bounded z = tile.PreActivation(h, n);
      activation.push_back(BoundedActivation(tile.kind, z));
      const Bounded upstream = BoundedSum(
          {}, 1, [&](auto) { return Bounded{tile.output_gradient[n]}; },
          [&](auto) { return Bounded{tile.output_weights[h]}; });
      delta.push_back(BoundedDelta(tile.kind, z, upstream));
    }
  }

  std::int64_t samples;
  std::vector<Bounded> activation;  // (nodes, samples)
  std::vector<Bounded> delta;       // (nodes, samples)
};

// The lanes add up to the sum over nodes; idle lanes of a padded last block add nothing.
void CheckForward(const Tile& tile, const Expected& expected, float* activation) {
  GuardedResult lane_sums(std::vector<float>(tile.batch * kNodeLanes, 0.0F));
  ForwardNarrow(tile.kind, tile.parameters(), tile.view(), activation, lane_sums.data());
  lane_sums.CheckGuard("lane_sums");
  for (std::int64_t n = 0; n < tile.batch; ++n) {
    double sum = 0;
    for (std::int64_t i = 0; i < kNodeLanes; ++i) sum += lane_sums[n * kNodeLanes + i];
    const Bounded output = BoundedSum(
        {}, tile.nodes, [&](std::int64_t h) { return Bounded{tile.output_weights[h]}; },
        [&](std::int64_t h) { return expected.activation[h * tile.batch + n]; });
    ASSERT_TRUE(IsWithin(sum, output)) << "output of sample " << n;
  }
}

void CheckBackward(const Tile& tile, const Expected& expected, const float* activation) {
  const std::int64_t batch = tile.batch;
  GuardedResult hidden_weights(tile.nodes * tile.inputs);
  GuardedResult output_weights(tile.nodes);
  GuardedResult node(tile.nodes);
  const float* gradient = tile.output_gradient.data();
  BackwardNarrow(tile.kind, tile.parameters(), tile.view(), {1, gradient, gradient}, activation,
                 {hidden_weights.data(), output_weights.data(), node.data()});
  hidden_weights.Check("hidden_weights", [&](std::int64_t i) {
    return BoundedSum(
        {}, batch, [&](auto n) { return expected.delta[i / tile.inputs * batch + n]; },
        [&](auto n) { return Bounded{tile.x[n * tile.inputs + i % tile.inputs]}; });
  });
  output_weights.Check("output_weights", [&](std::int64_t h) {
    return BoundedSum(
        {}, batch, [&](auto n) { return Bounded{gradient[n]}; },
        [&](auto n) { return expected.activation[h * batch + n]; });
  });
  node.Check("node", [&](std::int64_t h) {
    return BoundedSum(
        {}, batch, [&](auto n) { return expected.delta[h * batch + n]; },
        [&](auto) { return Bounded{1}; });
  });
}

void CheckTile(const Tile& tile) {
  SCOPED_TRACE(testing::Message() << "inputs " << tile.inputs << " nodes " << tile.nodes
                                  << " batch " << tile.batch << " bias " << tile.has_bias << " "
                                  << NameOf(tile.kind));
  const Expected expected(tile);
  GuardedResult activation(tile.nodes * tile.batch);
  CheckForward(tile, expected, nullptr);
  CheckForward(tile, expected, activation.data());
  activation.CheckGuard("activation");
  CheckBackward(tile, expected, nullptr);
  CheckBackward(tile, expected, activation.data());
}

constexpr ActivationKind kKinds[] = {ActivationKind::kRelu, ActivationKind::kTanh};

void CheckTiles(std::int64_t nodes, std::int64_t inputs, std::int64_t batch) {
  for (const ActivationKind kind : kKinds) {
    CheckTile(Tile(nodes, inputs, batch, true, kind));
    CheckTile(Tile(nodes, inputs, batch, false, kind));
  }
}

TEST(NarrowTile, EveryNumberOfNodesAndBatchSize) {
  for (std::int64_t inputs = 1; inputs <= kMaxNarrowInputs; ++inputs) {
    for (const std::int64_t size : {1, 2, 3, 5, 7, 8, 9, 15, 16, 17, 63, 64, 65, 127, 1023}) {
      CheckTiles(size, inputs, 3);
      CheckTiles(19, inputs, size);
    }
  }
}

TEST(NarrowTile, PairsOfOddSizes) {
  for (const std::int64_t nodes : {1, 15, 17, 33, 47}) {
    for (const std::int64_t batch : {1, 2, 17}) {
      for (std::int64_t inputs = 1; inputs <= kMaxNarrowInputs; ++inputs) {
        CheckTiles(nodes, inputs, batch);
      }
    }
  }
}

// One value of one operand: exactly what the formula makes NaN or infinite may become so.
TEST(NarrowTile, WhatIsNotFiniteReachesWhatDependsOnIt) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  std::vector<float> Tile::*const operands[] = {
      &Tile::x, &Tile::hidden_weights, &Tile::output_weights, &Tile::bias, &Tile::output_gradient};
  for (const float value : {std::nanf(""), kInfinity, -kInfinity}) {
    for (std::int64_t inputs = 1; inputs <= kMaxNarrowInputs; ++inputs) {
      for (const std::int64_t nodes : {1, 2, 3, 16, 21}) {
        for (const auto operand : operands) {
          for (const ActivationKind kind : kKinds) {
            Tile tile(nodes, inputs, 3, true, kind);
            std::vector<float>& values = tile.*operand;
            values[values.size() / 2] = value;
            CheckTile(tile);
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace biasbench::kernel
