// The threads and processors that an instance really had, as its row's keys say.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace biasbench::bench {

// Asked in the instance's process: {"threads_ran", "processors_allowed", "thread_wait"} of a team
// of so many threads.
nlohmann::json TeamFacts(int threads);

// Why a row is none of so many threads; nothing if it is. `side_by_side`: each thread must have
// had a processor, as where time is what is measured.
std::optional<std::string> FindTeamFault(const nlohmann::json& facts, int threads,
                                         bool side_by_side);

}  // namespace biasbench::bench
