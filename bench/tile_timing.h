// The process in which tile_phases times the phases of a training step.
#pragma once

#include <array>
#include <nlohmann/json.hpp>
#include <string_view>

#include "bench/instance/line_channel.h"

namespace biasbench::bench {

// The phases, in the order in which the schedule `streaming` runs them on each tile.
inline constexpr auto kTilePhases = std::to_array<std::string_view>(
    {"output_weight_step", "deltas", "hidden_weight_step", "next_forward", "next_outputs"});

// The function that ServeInstance() calls. `argument` holds inputs, hidden, outputs, batch,
// omp_threads and seconds. The first answer is the machine's peaks, as ToJson() says them; then, as
// in instance.h:
//   {"in_cache": bool} -> {"quiet_ns", "median_ns", "cpu_share", "team"}   the first two an array
//   each, nanoseconds a node and thread by phase; how much of the time each thread had a processor;
//   TeamFacts()
void ServeTileTiming(const nlohmann::json& argument, LineChannel& channel);

}  // namespace biasbench::bench
