#include "kernel/hidden_biases.h"

#include <numeric>

namespace biasbench::kernel {
namespace {

// Calls visitor(policy) if the storage is one that is updated.
template <class Visitor>
void VisitUpdated(bias::Storage storage, const bias::HiddenBias& bias, Visitor&& visitor) {
  bias::VisitStorage(storage, [&]<class Policy>() {
    if constexpr (Policy::kIsUpdated) visitor(Policy(bias));
  });
}

}  // namespace

HiddenBiases::HiddenBiases(const Parameters& parameters)
    : storage_(parameters.strategy.strategy->storage),
      policy_(parameters.hidden_bias_policy()),
      spans_tiles_(
          bias::VisitStorage(storage_, []<class Policy>() { return Policy::kSpansTiles; })) {}

const float* HiddenBiases::Values(NodeRange nodes, float* scratch) const {
  return bias::VisitStorage(storage_, [&]<class Policy>() {
    return Policy(policy_).Values(nodes.begin, {scratch, static_cast<std::size_t>(nodes.size)});
  });
}

std::int64_t HiddenBiases::FirstEntry(std::int64_t begin) const {
  std::int64_t first = 0;
  VisitUpdated(storage_, policy_, [&](const auto& policy) { first = policy.FirstEntry(begin); });
  return first;
}

void HiddenBiases::Reduce(std::span<const float> node_gradient, float* entry_gradient) const {
  VisitUpdated(storage_, policy_,
               [&](const auto& policy) { policy.Reduce(node_gradient, entry_gradient); });
}

void HiddenBiases::Step(NodeRange nodes, const float* entry_gradient, const TrainingState& state,
                        const StepSettings& settings) const {
  VisitStep(
      state.bias_optimizer(), settings, settings.hidden_bias(), [&]<class Any>(const Any& step) {
        const auto apply = [&](float* values, const float* gradient, std::int64_t first_entry,
                               std::int64_t count) {
          ApplyStep(step, state.hidden_bias().Of<Any::kStates>(FloatValues{values}, first_entry),
                    gradient, count);
        };
        VisitUpdated(storage_, policy_, [&](const auto& policy) {
          policy.Update(nodes.begin, nodes.size, entry_gradient,
                        static_cast<std::uint32_t>(settings.number), apply);
        });
      });
}

float SumInOrder(std::span<const float> chunk_gradient) {
  return static_cast<float>(std::accumulate(chunk_gradient.begin(), chunk_gradient.end(), 0.0));
}

}  // namespace biasbench::kernel
