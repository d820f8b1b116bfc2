// A ledger as JSON, for the program that started the measured process.
#pragma once

#include <nlohmann/json.hpp>

#include "memory/ledger.h"

namespace biasbench::bench {

// Bytes by category name; zeros are left out.
nlohmann::json ToJson(const memory::CategoryBytes& bytes);

// Each phase that training went through, by name: {"held_bytes", "held", "peak"}. `held` is the
// bytes of each category when the phase first ended, `held_bytes` their sum without the dataset,
// `peak` the maximum of each category over all times the phase ran.
nlohmann::json PhasesToJson(const memory::Ledger& ledger);

}  // namespace biasbench::bench
