// What every process of an instance does first and last, whatever it serves.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string_view>

#include "bench/instance/line_channel.h"

namespace biasbench::bench {

// The hidden first argument of the programs; the second, an object, says what the process is for.
inline constexpr std::string_view kInstanceArgument = "--biasbench_instance";

// Calls `serve` with that object and a channel on standard input and output; what it throws is sent
// as {"error"}. Denormals are flushed meanwhile. Returns the process's exit status.
int ServeInstance(
    std::string_view argument,
    const std::function<void(const nlohmann::json& argument, LineChannel& channel)>& serve);

}  // namespace biasbench::bench
