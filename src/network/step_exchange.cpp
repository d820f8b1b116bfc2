#include "network/step_exchange.h"

namespace biasbench::network {

schedule::ExchangeCost StepExchange(const schedule::Configuration& configuration) {
  if (configuration.place.ranks == 1) return {};
  const schedule::Tiling tiling = configuration.tiling();
  schedule::ExchangeCost cost =
      CostOfExchange(tiling, configuration.shape.outputs * configuration.shape.batch);
  if (configuration.sums_bias_gradient()) {
    const schedule::ExchangeCost gradient = schedule::CostOfExchange(tiling, 1);
    cost.messages += gradient.messages;
    cost.bytes += gradient.bytes;
    cost.messages_in_turn += gradient.messages_in_turn;
    cost.bytes_in_turn += gradient.bytes_in_turn;
  }
  return cost;
}

}  // namespace biasbench::network
