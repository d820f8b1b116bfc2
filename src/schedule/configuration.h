// A network's configuration: everything that decides its memory and arithmetic.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "bias/strategies.h"
#include "kernel/activation_kind.h"
#include "kernel/bfloat16_products.h"
#include "kernel/narrow_tile.h"
#include "kernel/number_format.h"
#include "random/philox.h"
#include "schedule/optimizer.h"
#include "schedule/parametrization.h"
#include "schedule/schedules.h"
#include "schedule/shape.h"
#include "schedule/tiling.h"

namespace biasbench::schedule {

// The formats of weights and of their optimizer's states, and the kind of products with bfloat16
// weights. (Biases are stored as their strategy says, their states as floats.)
struct Formats {
  kernel::NumberFormat weights = kernel::NumberFormat::kFloat32;
  kernel::NumberFormat states = kernel::NumberFormat::kFloat32;  // of the weights' optimizer
  kernel::Bfloat16Products products = kernel::kDefaultBfloat16Products;

  bool AreFloat32() const {
    return weights == kernel::NumberFormat::kFloat32 && states == kernel::NumberFormat::kFloat32;
  }
  bool HaveBfloat16Weights() const { return weights == kernel::NumberFormat::kBfloat16; }
  // True if this program has such products.
  bool HaveProducts() const {
    return !HaveBfloat16Weights() || kernel::kHasBfloat16Products ||
           products == kernel::Bfloat16Products::kWidened;
  }

  bool operator==(const Formats&) const = default;
};

// All combinations that this program supports.
inline std::vector<Formats> AllFormats() {
  std::vector<Formats> all;
  constexpr std::size_t kCount = kernel::kNumberFormatNames.size();
  for (std::size_t i = 0; i < kCount * kCount; ++i) {
    for (const auto products :
         {kernel::Bfloat16Products::kProcessor, kernel::Bfloat16Products::kWidened}) {
      const Formats formats{static_cast<kernel::NumberFormat>(i / kCount),
                            static_cast<kernel::NumberFormat>(i % kCount), products};
      const bool is_choice = formats.HaveBfloat16Weights();
      const bool is_default = products == kernel::kDefaultBfloat16Products;
      if (is_choice ? formats.HaveProducts() : is_default) all.push_back(formats);
    }
  }
  return all;
}

struct Configuration {
  Shape shape;  // inputs without the bias unit
  bias::Selection strategy;
  ScheduleKind schedule = ScheduleKind::kRecompute;
  Optimizer optimizer = Optimizer::kSgd;
  Formats formats = {};
  Parametrization parametrization = Parametrization::kMeanField;
  kernel::ActivationKind activation = kernel::ActivationKind::kRelu;
  std::int64_t block = 64;  // samples whose steps share a pass over the hidden weights (blocked)
  random::Seed seed = 1;
  int threads = 1;
  RankPlace place = {};  // the rank that holds this part of the network

  // True if the combination exists: not every schedule takes every format, and not every optimizer
  // has states to store.
  bool Exists() const {
    const bool has_states = Describe(optimizer).states > 0;
    const bool has_steps = !takes_blocks() || block >= shape.batch;
    return formats.HaveProducts() && has_steps && Describe(schedule).takes(formats, optimizer) &&
           (has_states || formats.states == kernel::NumberFormat::kFloat32);
  }

  // The number of a hidden node's input weights: shape.inputs, and one more for the bias unit.
  std::int64_t row_length() const { return shape.inputs + (strategy->has_bias_unit ? 1 : 0); }
  // True if several steps share a pass over the hidden weights; never if a node has few of them.
  bool takes_blocks() const { return Describe(schedule).takes_blocks && !is_narrow(); }
  // The number of samples multiplied with the hidden weights in one pass: a batch, or the whole
  // batches of a block.
  std::int64_t pass_samples() const {
    return takes_blocks() ? std::max<std::int64_t>(1, block / shape.batch) * shape.batch
                          : shape.batch;
  }
  Tiling tiling() const {
    return {shape.hidden, row_length(), pass_samples(), strategy.group(), place};
  }
  // True if evaluations take more samples at a time than a step, whose batch is so small that the
  // memory bus bounds the forward pass. (Blocks take as many anyway, nodes of few weights are bound
  // by arithmetic.) At 10⁶ nodes of 784 inputs on a Zen 4 batches of 16 are within 0.9 of those
  // of 64.
  bool evaluates_apart() const {
    constexpr std::int64_t kSmallBatch = 8;
    return !takes_blocks() && !is_narrow() && shape.batch <= kSmallBatch;
  }
  static constexpr std::int64_t kEvaluationSamples = 64;
  // The forward pass of such evaluations, with the same parameters.
  Configuration ForEvaluation() const {
    Configuration evaluation = *this;
    evaluation.shape.batch = kEvaluationSamples;
    evaluation.schedule = ScheduleKind::kRecompute;
    return evaluation;
  }
  // The hidden nodes of this rank.
  std::int64_t own_hidden() const { return tiling().hidden(); }
  double output_divisor() const { return OutputDivisor(parametrization, shape.hidden); }
  HalfWidths half_widths() const { return HalfWidthsOf(parametrization, shape); }

  bool stores_weights() const { return strategy->weights != bias::Weights::kHashed; }
  bool stores_float_weights() const {
    return stores_weights() && formats.weights == kernel::NumberFormat::kFloat32;
  }
  bool trains_weights() const { return strategy->weights == bias::Weights::kTrained; }
  bool is_narrow() const { return kernel::IsNarrow(row_length(), shape.outputs); }
  bool stores_bfloat16_weights() const {
    return stores_weights() && formats.weights == kernel::NumberFormat::kBfloat16;
  }
  // True if the processor multiplies the hidden weights as they are stored.
  bool multiplies_bfloat16() const {
    return stores_bfloat16_weights() && !is_narrow() &&
           formats.products == kernel::Bfloat16Products::kProcessor;
  }
  // The number of values that store the rank's hidden biases; 0 if none are stored.
  std::int64_t bias_entries() const { return strategy.Entries(own_hidden()); }
  // True if the optimizer updates hidden biases as such; a bias unit's are weights.
  bool trains_hidden_bias() const { return strategy.trains_bias() && bias_entries() > 0; }
  // True if the gradient of a hidden bias is a sum over all chunks.
  bool sums_bias_gradient() const { return strategy.spans_all_nodes() && trains_hidden_bias(); }
  bool trains_output_bias() const {
    return strategy.trains_bias() && strategy.stores_output_bias();
  }
  // The optimizer of biases.
  Optimizer bias_optimizer() const {
    return strategy->has_plain_updates ? Optimizer::kSgd : optimizer;
  }
};

}  // namespace biasbench::schedule
