#include "schedule/hidden_biases.h"

#include <type_traits>

namespace biasbench::schedule {
namespace {

// Calls visitor(policy) if the storage stores anything.
template <class Visitor>
void VisitStored(bias::Storage storage, const bias::HiddenBias& bias, Visitor&& visitor) {
  bias::VisitStorage(storage, [&]<class Policy>() {
    if constexpr (Policy::kIsStored) visitor(Policy(bias));
  });
}

// Entries from `first` on as an optimizer's step sees them.
kernel::FloatValues EntriesFrom(float* entries, std::int64_t first,
                                const bias::HiddenBias& /*policy*/, std::int64_t /*step*/) {
  return {entries + first};
}
// All ranks' entries share a key, so it does not matter which run of nodes they are stepped in.
kernel::Bfloat16Values EntriesFrom(std::uint16_t* entries, std::int64_t first,
                                   const bias::HiddenBias& policy, std::int64_t step) {
  const std::uint32_t key =
      random::Block(policy.seed, random::Stream::kRounding, 0, static_cast<std::uint32_t>(step))[0];
  return kernel::Bfloat16Values{entries, key}.AsPartFrom(policy.first_node).From(first);
}

}  // namespace

HiddenBiases::HiddenBiases(const Parameters& parameters)
    : optimizer_(parameters.configuration.bias_optimizer()),
      storage_(parameters.configuration.strategy->storage),
      policy_(parameters.hidden_bias_policy()),
      spans_tiles_(parameters.configuration.strategy.spans_all_nodes()),
      exchange_(parameters.exchange) {}

const float* HiddenBiases::Values(NodeRange nodes, float* scratch) const {
  return bias::VisitStorage(storage_, [&]<class Policy>() -> const float* {
    auto* values =
        Policy(policy_).Values(nodes.begin, {scratch, static_cast<std::size_t>(nodes.size)});
    if constexpr (std::is_same_v<typename Policy::Entry, std::uint16_t>) {
      kernel::Widen(kernel::Bfloat16::At(values, 0), nodes.size, scratch);
      return scratch;
    } else {
      return values;
    }
  });
}

std::int64_t HiddenBiases::FirstEntry(std::int64_t begin) const {
  std::int64_t first = 0;
  VisitStored(storage_, policy_, [&](const auto& policy) { first = policy.FirstEntry(begin); });
  return first;
}

void HiddenBiases::Reduce(std::span<const float> node_gradient, float* entry_gradient) const {
  VisitStored(storage_, policy_,
              [&](const auto& policy) { policy.Reduce(node_gradient, entry_gradient); });
}

void HiddenBiases::Step(NodeRange nodes, const float* entry_gradient, const TrainingState& state,
                        const StepSettings& settings) const {
  VisitStep(optimizer_, settings, settings.hidden_bias(), [&]<class Any>(const Any& step) {
    const auto apply = [&](auto* entries, const float* gradient, std::int64_t first,
                           std::int64_t count) {
      const auto values = EntriesFrom(entries, first, policy_, settings.number);
      ApplyStep(step, state.hidden_bias().Of<Any::kStates>(values, first), gradient, count);
    };
    VisitStored(storage_, policy_, [&](const auto& policy) {
      policy.Update(nodes.begin, nodes.size, entry_gradient, apply);
    });
  });
}

}  // namespace biasbench::schedule
