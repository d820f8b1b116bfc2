// The frame of every measured process: set-up, serving, and reporting of errors.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string_view>

#include "bench/instance/line_channel.h"

namespace biasbench::bench {

// The hidden first argument of the programs. The second is a JSON object that says what the process
// is for.
inline constexpr std::string_view kInstanceArgument = "--biasbench_instance";

// Calls `serve` with that object and a channel on standard input and output; exceptions are sent as
// {"error"}. Denormals are flushed meanwhile. Returns the process's exit status.
int ServeInstance(
    std::string_view argument,
    const std::function<void(const nlohmann::json& argument, LineChannel& channel)>& serve);

}  // namespace biasbench::bench
