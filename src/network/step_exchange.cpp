#include "network/step_exchange.h"

#include <cstdint>

namespace biasbench::network {
namespace {

using schedule::Messages;

template <class OfSum>
Messages SumOf(const schedule::Configuration& configuration, const OfSum& of_sum) {
  if (configuration.place.ranks == 1) return {};
  const schedule::Tiling tiling = configuration.tiling();
  const std::int64_t outputs = configuration.shape.outputs * configuration.shape.batch;
  const Messages gradient =
      configuration.sums_bias_gradient() ? of_sum(tiling, std::int64_t{1}) : Messages{};
  return of_sum(tiling, outputs) + gradient;
}

}  // namespace

Messages SentInStep(const schedule::Configuration& configuration) {
  return SumOf(configuration, schedule::SentForSum);
}

Messages InTurnInStep(const schedule::Configuration& configuration) {
  return SumOf(configuration, schedule::InTurnForSum);
}

}  // namespace biasbench::network
