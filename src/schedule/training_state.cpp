#include "schedule/training_state.h"

namespace biasbench::schedule {

using memory::Category;

TrainingState::TrainingState(memory::Ledger& ledger, const Configuration& configuration) {
  const Shape& shape = configuration.shape;
  if (configuration.trains_weights()) {
    const auto moments = [&](std::int64_t per_node) {
      return Moments(ledger, Category::kWeightOptimizerState, configuration.optimizer,
                     configuration.own_hidden() * per_node, configuration.formats.states);
    };
    hidden_weights_ = moments(configuration.row_length());
    output_weights_ = moments(shape.outputs);
  }
  const Optimizer bias_optimizer = configuration.bias_optimizer();
  if (configuration.trains_hidden_bias()) {
    hidden_bias_ = Moments(ledger, Category::kBiasOptimizerState, bias_optimizer,
                           configuration.bias_entries());
  }
  if (configuration.trains_output_bias()) {
    output_bias_ = Moments(ledger, Category::kBiasOptimizerState, bias_optimizer, shape.outputs);
  }
}

void TrainingState::AddBytes(const Configuration& configuration, MemorySum& sum) {
  const Shape& shape = configuration.shape;
  if (configuration.trains_weights()) {
    const std::int64_t state_bytes = kernel::BytesPerValue(configuration.formats.states);
    for (int i = 0; i < Describe(configuration.optimizer).states; ++i) {
      sum.Add(Category::kWeightOptimizerState,
              {state_bytes, configuration.own_hidden(), configuration.row_length()});
      sum.Add(Category::kWeightOptimizerState,
              {state_bytes, configuration.own_hidden(), shape.outputs});
    }
  }
  for (int i = 0; i < Describe(configuration.bias_optimizer()).states; ++i) {
    if (configuration.trains_hidden_bias()) {
      sum.Add(Category::kBiasOptimizerState, {kFloatBytes, configuration.bias_entries()});
    }
    if (configuration.trains_output_bias()) {
      sum.Add(Category::kBiasOptimizerState, {kFloatBytes, shape.outputs});
    }
  }
}

}  // namespace biasbench::schedule
