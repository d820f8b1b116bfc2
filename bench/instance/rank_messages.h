// JSON between the ranks of an instance.
#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "ranks/exchange.h"

namespace biasbench::bench {

// Rank 0's object, in every rank, which all call it; the others' own is ignored.
nlohmann::json ShareJson(const nlohmann::json& object, ranks::Exchange& exchange);

// All ranks' objects, by rank, in rank 0; nothing in the others.
std::vector<nlohmann::json> GatherJson(const nlohmann::json& object, ranks::Exchange& exchange);

}  // namespace biasbench::bench
