// The bytes of the parameters' arrays that cross the memory bus in a step.
#pragma once

#include "memory/ledger.h"
#include "schedule/configuration.h"

namespace biasbench::schedule {

// The number of times that an array crosses the bus.
struct Crossings {
  double reads = 0;
  double writes = 0;
};

// `bytes` of an array that crosses so often.
inline BusBytes CrossingBytes(double bytes, const Crossings& crossings) {
  return {bytes * crossings.reads, bytes * crossings.writes};
}

// The use that a step makes of an array.
struct ArrayUse {
  bool is_trained;
  bool delta_needs_it;        // the hidden deltas are computed from it
  bool meets_inputs = false;  // the hidden weights
};

// Σ over the parameters' arrays of their bytes × crossings(use), `stored` being those of each
// category.
template <class CrossingsOf>
BusBytes ParameterTraffic(const Configuration& configuration, const memory::CategoryBytes& stored,
                          const CrossingsOf& crossings) {
  using memory::Category;
  const bool trains_weights = configuration.trains_weights();
  const bool trains_bias = configuration.strategy.trains_bias();
  const auto bytes = [&](Category category, const ArrayUse& use) {
    return CrossingBytes(static_cast<double>(stored[category]), crossings(use));
  };
  return bytes(Category::kHiddenWeights, {trains_weights, false, true}) +
         bytes(Category::kOutputWeights, {trains_weights, true}) +
         bytes(Category::kHiddenBias, {trains_bias, false}) +
         bytes(Category::kOutputBias, {trains_bias, false});
}

// Bytes that no schedule can avoid that takes one batch at a time: each stored parameter read once
// and, where it trains, written once.
inline BusBytes CompulsoryBytes(const Configuration& configuration,
                                const memory::CategoryBytes& stored) {
  return ParameterTraffic(configuration, stored, [](const ArrayUse& use) {
    return Crossings{1, use.is_trained ? 1.0 : 0.0};
  });
}

// Bytes of the optimizer's states, read and written.
inline BusBytes StateTraffic(const memory::CategoryBytes& stored) {
  using memory::Category;
  return CrossingBytes(static_cast<double>(stored[Category::kWeightOptimizerState] +
                                           stored[Category::kBiasOptimizerState]),
                       {1, 1});
}

// Bytes of the crossings of an array of batch × hidden floats.
inline BusBytes BatchArrayTraffic(const Configuration& configuration, const Crossings& crossings) {
  return CrossingBytes(4.0 * static_cast<double>(configuration.shape.batch) *
                           static_cast<double>(configuration.own_hidden()),
                       crossings);
}

}  // namespace biasbench::schedule
