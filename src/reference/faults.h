// Typical mistakes in hand-written backpropagation, planted on purpose in the reference network, to
// show their effect on training (fault_curves) and that a gradient check finds them (gradcheck
// --fault).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "reference/reference.h"

namespace biasbench::reference {

enum class Fault : std::uint8_t { kNone, kBiasSign, kBiasAxis, kTransferInput, kBiasRate };

struct FaultDescription {
  std::string_view name;
  std::string_view summary;
};
inline constexpr std::array<FaultDescription, 5> kFaults = {{
    {"none", "as it should be"},
    {"bias_sign", "the missing minus: both biases step up the gradient"},
    {"bias_axis",
     "hidden deltas summed over the nodes instead of the samples; node h takes sample h mod batch"},
    {"transfer_input", "the transfer function's derivative taken at w.x instead of w.x + b"},
    {"bias_rate", "the biases' rate multiplier left out"},
}};

constexpr const FaultDescription& Describe(Fault fault) {
  return kFaults[static_cast<std::size_t>(fault)];
}

// The fault of that name. Throws std::invalid_argument, listing all names.
Fault ParseFault(std::string_view name);

// ReferenceBackward() with the fault.
ReferenceGradients FaultyBackward(Fault fault, const ReferenceNetwork& network, const Values& x,
                                  const Values& output_gradient);

// The strategy's multiplier m under the fault.
constexpr double FaultyMultiplier(Fault fault, double multiplier) {
  return fault == Fault::kBiasRate ? 1 : multiplier;
}

}  // namespace biasbench::reference
