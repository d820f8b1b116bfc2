// The threads and processors that a measured process really had, as keys of its row.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace biasbench::bench {

// {"threads_ran", "processors_allowed", "thread_wait"} of a team of `threads` threads; call it in
// the measured process.
nlohmann::json TeamFacts(int threads);

// The reason why a row did not run on `threads` threads; nullopt if it did. `side_by_side`: each
// thread must have had a processor of its own, as time measurements need.
std::optional<std::string> FindTeamFault(const nlohmann::json& facts, int threads,
                                         bool side_by_side);

}  // namespace biasbench::bench
