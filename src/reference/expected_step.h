// The expected result of one SGD step, with a bound on each number's rounding error; for tests.
#pragma once

#include <vector>

#include "reference/rounding_bound.h"
#include "schedule/trained_network.h"

namespace biasbench::reference {

struct ExpectedStep {
  std::vector<Bounded> outputs;         // (samples, outputs), before the step
  std::vector<Bounded> hidden_weights;  // (hidden, inputs), like all that follows after the step
  std::vector<Bounded> output_weights;  // (hidden, outputs)
  std::vector<Bounded> hidden_bias;     // (hidden), as ToReference writes them out
  std::vector<Bounded> output_bias;     // (outputs)
};

// The expected step. `rate` times the strategy's multipliers must be exact in single precision.
ExpectedStep ExpectStep(const schedule::Parameters& parameters, const schedule::NoiseBatch& batch,
                        double rate, double bias_rate);

}  // namespace biasbench::reference
