// The note on a machine that is not free, at the start of a benchmark program.
#pragma once

#include <string_view>

#include "machine/load.h"

namespace biasbench::bench {

inline constexpr char kLoadKey[] = "machine_load";  // in the context of result files

// Says in one line on stderr if other programs or a limit take processors away.
void NoteLoad(std::string_view program, const machine::Load& load);

}  // namespace biasbench::bench
