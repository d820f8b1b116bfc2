// The three accounts of an instance's memory, held against each other.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "network/configuration.h"

namespace biasbench::bench {

// What training may allocate outside the ledger.
//
// Measured over inputs 8 … 4096, outputs 1 … 3000, batch 1 … 4096 and 1 … 4 threads: Eigen's
// packing buffers, which textbook alone needs, were at most 3.5 MiB for each thread (784 inputs,
// batch 1024), whatever the hidden nodes; the other schedules allocate some 10 KiB. The orders of
// samples that training keeps are at most 1 MiB (fashion_mnist).
std::int64_t UntrackedBoundBytes(const network::Configuration& configuration);

struct MemoryFigures {
  nlohmann::json keys;                      // of the result row
  std::optional<std::string> disagreement;  // in words, if there is one
};

// `report` is an instance's answer to {"report"}; `floor_bytes` what an instance without a network
// has resident (nothing: the kernel's figure is left out).
MemoryFigures CheckMemory(const network::Configuration& configuration, const nlohmann::json& report,
                          std::optional<std::int64_t> floor_bytes);

// The floor that an instance's report shows: what is resident besides network and data.
std::int64_t FloorBytes(const nlohmann::json& report);

}  // namespace biasbench::bench
