// The table of predicted footprints, 100 columns wide.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "schedule/configuration.h"
#include "schedule/memory_sum.h"

namespace biasbench::tools {

struct Estimate {
  schedule::Configuration configuration;
  schedule::Footprint footprint;
  std::int64_t default_peak_bytes = 0;  // of a framework's defaults, for the saving
};

// The table of one shape's rows. Parts are rounded so that they add up to the peak.
std::string EstimateTable(std::span<const Estimate> rows, std::int64_t available_bytes);

}  // namespace biasbench::tools
