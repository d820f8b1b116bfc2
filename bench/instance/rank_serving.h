// The frame of a rank's process: joins the other ranks, makes sure that they do the same work, and
// ends all of them after an error.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string_view>

#include "bench/instance/requests.h"

namespace biasbench::bench {

// Calls `serve` with the argument, which says how many ranks there are (`ranks`), and rank 0's
// requests. Returns the process's exit status.
int ServeRank(std::string_view argument,
              const std::function<void(const nlohmann::json& argument, Requests& requests)>& serve);

}  // namespace biasbench::bench
