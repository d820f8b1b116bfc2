// The note on a machine that is not free, at the start of a benchmark program.
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

namespace biasbench::bench {

inline constexpr char kLoadKey[] = "machine_load";  // in the context of result files

// Measures the machine's load, says in one line on stderr if other programs or a limit take
// processors away, and returns the figures.
nlohmann::json NoteLoad(std::string_view program);

}  // namespace biasbench::bench
