// For tests: what one SGD step makes of a network, with the bound of each number's rounding error.
#pragma once

#include <vector>

#include "kernel/rounding_bound.h"
#include "kernel/trained_network.h"

namespace biasbench::kernel {

struct ExpectedStep {
  std::vector<Bounded> outputs;         // (samples, outputs), before the step
  std::vector<Bounded> hidden_weights;  // (hidden, inputs), like all that follows after the step
  std::vector<Bounded> output_weights;  // (hidden, outputs)
  std::vector<Bounded> hidden_bias;     // (hidden), as ToReference writes them out
  std::vector<Bounded> output_bias;     // (outputs)
};

// rate times the strategy's multipliers must be exact in single precision.
ExpectedStep ExpectStep(const Parameters& parameters, const NoiseBatch& batch, double rate,
                        double bias_rate);

}  // namespace biasbench::kernel
