// The memory a configuration needs, by formula: what the ledger will track, to the byte, without
// allocating any of it.
#pragma once

#include <cstdint>

#include "memory/ledger.h"
#include "network/configuration.h"

namespace biasbench::network {

struct Footprint {
  memory::CategoryBytes at_peak;  // without the dataset
  memory::Phase peak_phase = memory::Phase::kBuild;

  std::int64_t peak_bytes() const { return at_peak.TotalWithoutDataset(); }
};

// Throws std::overflow_error if the shape needs more than 2^59 bytes.
Footprint PredictFootprint(const Configuration& configuration);

}  // namespace biasbench::network
