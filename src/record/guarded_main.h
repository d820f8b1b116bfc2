// The frame of every program's main().
#pragma once

#include <functional>
#include <string_view>

namespace biasbench::record {

// Runs `run` and returns what it returned, the program's exit status. What it throws becomes one
// line on stderr and 2; so does output that has not reached stdout. A standard stream that was
// closed stays unusable, but its number is taken: else the next file opened would get it, and what
// is printed would go there.
int GuardedMain(std::string_view program, const std::function<int()>& run);

}  // namespace biasbench::record
