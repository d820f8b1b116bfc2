// The three accounts of an instance's memory, held against each other.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "network/footprint.h"

namespace biasbench::bench {

// What training may allocate outside the ledger: see memory_check.cpp for how it was measured.
std::int64_t UntrackedBoundBytes(int threads);

struct MemoryFigures {
  nlohmann::json keys;                      // of the result row
  std::optional<std::string> disagreement;  // in words, if there is one
};

// `report` is an instance's answer to {"report"}; `floor_bytes` what an instance without a network
// has resident (nothing: the kernel's figure is left out).
MemoryFigures CheckMemory(const network::Footprint& predicted, const nlohmann::json& report,
                          std::optional<std::int64_t> floor_bytes, int threads);

// The floor that an instance's report shows: what is resident besides network and data.
std::int64_t FloorBytes(const nlohmann::json& report);

}  // namespace biasbench::bench
