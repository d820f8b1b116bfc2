// The predicted footprint of a configuration: the bytes that the ledger will track, by formula,
// without allocating any.
#pragma once

#include "schedule/configuration.h"
#include "schedule/memory_sum.h"

namespace biasbench::network {

// Throws std::overflow_error if the shape needs more than 2^59 bytes.
schedule::Footprint PredictFootprint(const schedule::Configuration& configuration);
// The same of a training, which evaluates the network before its first step.
schedule::Footprint PredictTrainingFootprint(const schedule::Configuration& configuration);

}  // namespace biasbench::network
