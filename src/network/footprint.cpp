#include "network/footprint.h"

#include <algorithm>
#include <initializer_list>
#include <stdexcept>

#include "kernel/activation_mask.h"
#include "kernel/narrow_tile.h"
#include "kernel/tiling.h"
#include "memory/tracked_buffer.h"

namespace biasbench::network {
namespace {

using bias::Storage;
using kernel::ScheduleKind;
using memory::Category;
using memory::Phase;

constexpr std::int64_t kFloatBytes = 4;

// Half an exbibyte: sums of a few such products still fit 63 bits.
constexpr std::int64_t kMostBytes = std::int64_t{1} << 59;

std::int64_t Checked(std::int64_t bytes, bool has_overflowed) {
  if (has_overflowed || bytes > kMostBytes) {
    throw std::overflow_error("the shape needs more than 2^59 bytes");
  }
  return bytes;
}

std::int64_t Multiply(std::initializer_list<std::int64_t> factors) {
  std::int64_t product = 1;
  for (const std::int64_t factor : factors) {
    const bool has_overflowed = __builtin_mul_overflow(product, factor, &product);
    Checked(product, has_overflowed);
  }
  return product;
}

// What the formulas below count in.
struct Quantities {
  explicit Quantities(const Configuration& configuration)
      : strategy(*configuration.strategy.strategy),
        inputs(configuration.shape.inputs + (strategy.has_bias_unit ? 1 : 0)),
        hidden(configuration.shape.hidden),
        outputs(configuration.shape.outputs),
        batch(configuration.shape.batch),
        threads(configuration.threads),
        tiling(hidden, inputs, batch, configuration.strategy.group()),
        // Where no weight is trained a bit of ReLU's activations is enough (but not for a
        // framework).
        keeps_mask(configuration.schedule != ScheduleKind::kTextbook &&
                   Describe(configuration.schedule).stores_activations &&
                   strategy.weights != bias::Weights::kTrained &&
                   HasOneBitGradient(configuration.activation)),
        weight_bytes(BytesPerValue(configuration.formats.weights)),
        state_bytes(BytesPerValue(configuration.formats.states)),
        stores_output_bias(configuration.strategy.stores_output_bias()),
        group(configuration.strategy.group()) {}

  std::int64_t BiasEntries() const {
    switch (strategy.storage) {
      case Storage::kPerNeuron:
      case Storage::kBfloat16:
        return hidden;
      case Storage::kGrouped:
        return (hidden + group - 1) / group;
      case Storage::kShared:
        return 1;
      case Storage::kNone:
      case Storage::kConstant:
      case Storage::kHashed:
        break;
    }
    return 0;
  }

  const bias::Strategy& strategy;
  std::int64_t inputs;  // with the bias unit
  std::int64_t hidden;
  std::int64_t outputs;
  std::int64_t batch;
  std::int64_t threads;
  kernel::Tiling tiling;
  bool keeps_mask;  // of activations, in their place
  std::int64_t weight_bytes;
  std::int64_t state_bytes;  // of a weight's
  bool stores_output_bias;
  std::int64_t group;
};

// Adds up buffers in the order in which training makes them; the total only grows, so the peak is
// reached in the last phase that adds anything.
class Sum {
 public:
  void Enter(Phase phase) { phase_ = phase; }
  void Add(Category category, std::int64_t bytes) {
    if (bytes == 0) return;
    footprint_.at_peak.Add(category, bytes, memory::MappedBytes(bytes) - bytes);
    footprint_.peak_phase = phase_;
    Checked(footprint_.peak_bytes(), false);
  }
  const Footprint& footprint() const { return footprint_; }

 private:
  Phase phase_ = Phase::kBuild;
  Footprint footprint_;
};

void AddParameters(const Quantities& q, Sum& sum) {
  if (q.strategy.weights != bias::Weights::kHashed) {
    sum.Add(Category::kHiddenWeights, Multiply({q.weight_bytes, q.hidden, q.inputs}));
    sum.Add(Category::kOutputWeights, Multiply({q.weight_bytes, q.hidden, q.outputs}));
  }
  const std::int64_t entry_bytes = q.strategy.storage == Storage::kBfloat16 ? 2 : kFloatBytes;
  sum.Add(Category::kHiddenBias, Multiply({entry_bytes, q.BiasEntries()}));
  if (q.stores_output_bias) sum.Add(Category::kOutputBias, Multiply({kFloatBytes, q.outputs}));
}

// Each chunk's share of the outputs, δ both ways round; and a batch both ways round with its
// outputs, twice where the next one is begun while this one is finished.
void AddBatchWorkspace(const Quantities& q, bool streams, Sum& sum) {
  const std::int64_t outputs_bytes = Multiply({kFloatBytes, q.batch, q.outputs});
  sum.Add(Category::kWorkspace, Multiply({q.tiling.chunks(), outputs_bytes}));
  sum.Add(Category::kWorkspace, outputs_bytes);
  sum.Add(Category::kWorkspace, outputs_bytes);
  for (int batch = 0; batch < (streams ? 2 : 1); ++batch) {
    sum.Add(Category::kWorkspace, Multiply({kFloatBytes, q.batch, q.inputs}));
    sum.Add(Category::kWorkspace, Multiply({kFloatBytes, q.batch, q.inputs}));
    sum.Add(Category::kWorkspace, outputs_bytes);
  }
}

// A thread's tile: activations (unless stored) and deltas, or a narrow tile's gradients; output
// weights' gradients; a few values a node; weights that are not stored as floats.
void AddTiledWorkspace(const Quantities& q, bool stores_activations, Sum& sum) {
  const std::int64_t tile = q.tiling.tile_nodes();
  const auto padded = [](std::initializer_list<std::int64_t> factors) {
    return (Multiply(factors) + 15) / 16 * 16;
  };
  const bool is_narrow = kernel::IsNarrow(q.inputs, q.outputs);
  std::int64_t floats = 3 * padded({tile});
  if (is_narrow || q.strategy.weights == bias::Weights::kTrained) {
    floats += padded({tile, q.outputs});
  }
  if (is_narrow) {
    floats += padded({q.batch, kernel::kNodeLanes}) + padded({tile, q.inputs}) +
              (q.keeps_mask ? padded({tile, q.batch}) : 0);
  } else {
    floats += padded({tile, q.batch}) * (stores_activations && !q.keeps_mask ? 1 : 2);
  }
  if (q.strategy.weights == bias::Weights::kHashed || q.weight_bytes != kFloatBytes) {
    floats += padded({tile, q.inputs}) + padded({tile, q.outputs});
  }
  sum.Add(Category::kWorkspace, Multiply({kFloatBytes, q.threads, floats}));
}

void AddTextbookWorkspace(const Quantities& q, Sum& sum) {
  const std::int64_t drawn =
      q.strategy.weights == bias::Weights::kHashed ? q.inputs + q.outputs : 0;
  sum.Add(Category::kWorkspace,
          Multiply({kFloatBytes, q.threads, q.tiling.chunk_nodes(), 1 + drawn}));
}

void AddGradients(const Quantities& q, Sum& sum) {
  if (q.strategy.weights == bias::Weights::kTrained) {
    sum.Add(Category::kWeightGradient, Multiply({kFloatBytes, q.hidden, q.inputs}));
    sum.Add(Category::kWeightGradient, Multiply({kFloatBytes, q.hidden, q.outputs}));
  }
  if (q.strategy.multiplier == nullptr) return;
  sum.Add(Category::kBiasGradient, Multiply({kFloatBytes, q.BiasEntries()}));
  if (q.stores_output_bias) sum.Add(Category::kBiasGradient, Multiply({kFloatBytes, q.outputs}));
}

void AddOptimizerState(const Quantities& q, kernel::Optimizer optimizer, Sum& sum) {
  const int states = kernel::Describe(optimizer).states;
  const int bias_states = q.strategy.has_plain_updates ? 0 : states;
  for (int i = 0; i < states && q.strategy.weights == bias::Weights::kTrained; ++i) {
    sum.Add(Category::kWeightOptimizerState, Multiply({q.state_bytes, q.hidden, q.inputs}));
    sum.Add(Category::kWeightOptimizerState, Multiply({q.state_bytes, q.hidden, q.outputs}));
  }
  for (int i = 0; i < bias_states && q.strategy.multiplier != nullptr; ++i) {
    sum.Add(Category::kBiasOptimizerState, Multiply({kFloatBytes, q.BiasEntries()}));
    if (q.stores_output_bias) {
      sum.Add(Category::kBiasOptimizerState, Multiply({kFloatBytes, q.outputs}));
    }
  }
}

}  // namespace

Footprint PredictFootprint(const Configuration& configuration) {
  const Quantities q(configuration);
  const bool is_textbook = configuration.schedule == ScheduleKind::kTextbook;
  const kernel::ScheduleDescription& schedule = Describe(configuration.schedule);
  Sum sum;
  AddParameters(q, sum);
  AddBatchWorkspace(q, schedule.streams, sum);

  sum.Enter(Phase::kForward);
  if (is_textbook) {
    AddTextbookWorkspace(q, sum);
  } else {
    AddTiledWorkspace(q, schedule.stores_activations, sum);
  }
  const std::int64_t batch_bytes = Multiply({kFloatBytes, q.hidden, q.batch});
  if (schedule.stores_activations) {
    sum.Add(Category::kActivations,
            q.keeps_mask ? kernel::MaskBytes(Multiply({q.hidden, q.batch})) : batch_bytes);
  }

  if (is_textbook) {
    sum.Enter(Phase::kBackward);
    sum.Add(Category::kDeltas, batch_bytes);
    AddGradients(q, sum);
  }
  if (!is_textbook) sum.Enter(Phase::kUpdate);
  if (q.strategy.storage == Storage::kShared) {  // each chunk's sum of the gradient
    sum.Add(Category::kBiasReduction, Multiply({kFloatBytes, q.tiling.chunks()}));
  }
  sum.Enter(Phase::kUpdate);
  AddOptimizerState(q, configuration.optimizer, sum);
  return sum.footprint();
}

}  // namespace biasbench::network
