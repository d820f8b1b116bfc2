// What an instance's ledger says, as it is told to the program that started it.
#pragma once

#include <nlohmann/json.hpp>

#include "memory/ledger.h"

namespace biasbench::bench {

// By name, those that are not 0.
nlohmann::json ToJson(const memory::CategoryBytes& bytes);

// For each phase that training went through, by name: {"held_bytes", "held", "peak"}. held is what
// training had come to hold when the phase ended for the first time, by category; held_bytes its
// sum without the dataset; peak the most of each category in all of the phase's times.
nlohmann::json PhasesToJson(const memory::Ledger& ledger);

}  // namespace biasbench::bench
