// The parameters of a network, and their initial values.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "bias/storage.h"
#include "memory/tracked_buffer.h"
#include "random/philox.h"
#include "ranks/exchange.h"
#include "schedule/configuration.h"
#include "schedule/memory_sum.h"
#include "schedule/stored_values.h"

namespace biasbench::schedule {

// The initial weights of hidden nodes begin … begin + nodes − 1, uniform in ±half_width.
// hidden_weights (nodes, row_length) with row_length ≥ inputs: columns from `inputs` on are left
// alone. The same bits whatever the range: what is not stored can be drawn again.
void DrawHiddenWeights(random::Seed seed, float half_width, std::int64_t inputs, std::int64_t begin,
                       std::int64_t nodes, std::int64_t row_length, float* hidden_weights);
void DrawOutputWeights(random::Seed seed, float half_width, std::int64_t outputs,
                       std::int64_t begin, std::int64_t nodes, float* output_weights);

// The parameters of a rank's nodes as a strategy stores them. Buffers that it does not store are
// empty. Nodes are numbered from the rank's first one on.
struct Parameters {
  // Allocates everything; draws weights and biases with the configuration's threads. `exchange` is
  // with the other ranks, which the configuration's place is among; null if there are none. Throws
  // OutOfMemory.
  Parameters(memory::Ledger& ledger, const Configuration& configuration_of_run,
             ranks::Exchange* exchange_of_rank = nullptr);
  // The formula of their bytes.
  static void AddBytes(const Configuration& configuration, MemorySum& sum);

  // The weights of nodes begin … begin + nodes − 1 as floats, drawn again or widened; hidden
  // (nodes, row_length), output (nodes, outputs).
  void ReadHiddenWeights(std::int64_t begin, std::int64_t nodes, float* hidden) const;
  void ReadOutputWeights(std::int64_t begin, std::int64_t nodes, float* output) const;

  Configuration configuration;
  ranks::Exchange* exchange;
  StoredValues hidden_weights;                   // (hidden, row_length)
  StoredValues output_weights;                   // (hidden, outputs)
  memory::TrackedBuffer<std::byte> hidden_bias;  // bias_entries of the storage's Entry
  memory::TrackedBuffer<float> output_bias;      // (outputs)

  bias::HiddenBias hidden_bias_policy() const;
  // The number of the rank's first node among those of all ranks.
  std::int64_t first_node() const { return first_node_; }
  // Keys of the stochastic roundings in a step (0: the initial values) from node `begin` on.
  struct RoundingKeys {
    std::array<std::uint32_t, 2> weights;  // hidden, output
    std::array<std::uint32_t, 4> moments;  // hidden first, hidden second, output first, second
  };
  RoundingKeys KeysOfRounding(std::int64_t begin, std::int64_t step) const;

 private:
  std::int64_t first_node_;
};

}  // namespace biasbench::schedule
