// The memory a configuration needs, by formula: what the ledger will track, to the byte, without
// allocating any of it.
#pragma once

#include "schedule/configuration.h"
#include "schedule/memory_sum.h"

namespace biasbench::network {

// Throws std::overflow_error if the shape needs more than 2^59 bytes.
schedule::Footprint PredictFootprint(const schedule::Configuration& configuration);

}  // namespace biasbench::network
