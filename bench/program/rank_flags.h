// The flags that say how ranks are started. Their number is an axis.
#pragma once

#include "bench/program/command_line.h"

namespace CLI {
class App;
}

namespace biasbench::bench {

// Adds --hostfile and --mpi_launcher.
void AddRankFlags(RankLauncher& launcher, CLI::App& app);

// Throws std::invalid_argument, naming the flag, if rows have ranks that cannot be started here.
// Else sets line.launcher_flags.
void CheckRanks(CommandLine& line);

}  // namespace biasbench::bench
