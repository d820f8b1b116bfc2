// A run's rows as a table for people.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace biasbench::bench::peers {

// A line for each peer and batch: median, least and most samples/s, the peak resident MiB, and the
// median relative to the best peer of that batch that is not ours. What was not measured says why.
std::string TableOf(const nlohmann::json& rows);

}  // namespace biasbench::bench::peers
