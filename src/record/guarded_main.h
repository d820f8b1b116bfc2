// The frame of every program's main().
#pragma once

#include <functional>
#include <string_view>

namespace biasbench::record {

// Runs `run` and returns its result as the program's exit status. An exception becomes one line on
// stderr and status 2; so does output that could not be written to stdout. The number of a standard
// stream that was closed is reserved, since the next file opened would get it, and the program's
// output with it.
int GuardedMain(std::string_view program, const std::function<int()>& run);

}  // namespace biasbench::record
