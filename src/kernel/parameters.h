// The parameters of a network, and how they are drawn.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "bias/storage.h"
#include "bias/strategies.h"
#include "kernel/activation_kind.h"
#include "kernel/number_format.h"
#include "kernel/parametrization.h"
#include "kernel/shape.h"
#include "memory/tracked_buffer.h"
#include "random/philox.h"

namespace biasbench::kernel {

// The initial weights of hidden nodes begin … begin + nodes − 1, uniform in ±half_width.
// hidden_weights (nodes, row_length) with row_length ≥ inputs: columns from `inputs` on are left
// alone. The same bits whatever the range: what is not stored can be drawn again.
void DrawHiddenWeights(random::Seed seed, float half_width, std::int64_t inputs, std::int64_t begin,
                       std::int64_t nodes, std::int64_t row_length, float* hidden_weights);
void DrawOutputWeights(random::Seed seed, float half_width, std::int64_t outputs,
                       std::int64_t begin, std::int64_t nodes, float* output_weights);

// Parameters as a strategy stores them. Buffers that it does not store are empty.
struct Parameters {
  // Allocates everything; draws weights and biases with `threads` threads. Throws OutOfMemory.
  Parameters(memory::Ledger& ledger, const Shape& shape, const bias::Selection& strategy,
             random::Seed seed, int threads, Formats formats = {},
             Parametrization parametrization = Parametrization::kMeanField,
             ActivationKind activation = ActivationKind::kRelu);

  // The weights of nodes begin … begin + nodes − 1 as floats, drawn again or widened; hidden
  // (nodes, row_length), output (nodes, outputs).
  void ReadHiddenWeights(std::int64_t begin, std::int64_t nodes, float* hidden) const;
  void ReadOutputWeights(std::int64_t begin, std::int64_t nodes, float* output) const;

  Shape shape;
  bias::Selection strategy;
  random::Seed seed;
  Formats formats;
  Parametrization parametrization;
  ActivationKind activation;  // of the hidden nodes that the parameters are for
  // Weights of a hidden node towards the inputs: shape.inputs, and one more for the bias unit.
  std::int64_t row_length;
  std::int64_t bias_entries;  // values in hidden_bias

  memory::TrackedBuffer<float> hidden_weights;  // (hidden, row_length)
  memory::TrackedBuffer<float> output_weights;  // (hidden, outputs)
  // In their place, where the format is bfloat16:
  memory::TrackedBuffer<std::uint16_t> hidden_weights_bfloat16;
  memory::TrackedBuffer<std::uint16_t> output_weights_bfloat16;
  memory::TrackedBuffer<std::byte> hidden_bias;  // bias_entries of the storage's Entry
  memory::TrackedBuffer<float> output_bias;      // (outputs)

  bias::HiddenBias hidden_bias_policy() const;
  // Keys for what is rounded in a step (0: the initial values) from node `begin` on.
  struct RoundingKeys {
    std::array<std::uint32_t, 2> weights;  // hidden, output
    std::array<std::uint32_t, 4> moments;  // hidden first, hidden second, output first, second
  };
  RoundingKeys KeysOfRounding(std::int64_t begin, std::int64_t step) const;
  double output_divisor() const { return OutputDivisor(parametrization, shape.hidden); }
  bool stores_weights() const { return strategy.strategy->weights != bias::Weights::kHashed; }
  bool stores_float_weights() const {
    return stores_weights() && formats.weights == NumberFormat::kFloat32;
  }
  bool stores_bfloat16_weights() const {
    return stores_weights() && formats.weights == NumberFormat::kBfloat16;
  }
  bool trains_weights() const { return strategy.strategy->weights == bias::Weights::kTrained; }
  // Hidden biases that the optimizer updates as such; the bias unit's are weights.
  bool trains_hidden_bias() const { return strategy.trains_bias() && bias_entries > 0; }
  bool trains_output_bias() const { return strategy.trains_bias() && !output_bias.empty(); }
};

}  // namespace biasbench::kernel
