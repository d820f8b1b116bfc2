// The command that starts the ranks of an instance, one process each.
//
// The program starts itself in a role that ends with it and becomes the launcher; the launcher
// starts the ranks, here or on the hosts of a file:
//
//   program ── launcher role, then mpirun ── ranks 0 … n − 1: the program as an instance
//
// Requests and answers go through the launcher, which forwards rank 0's standard input and output.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace biasbench::bench {

// The launcher of ranks, by --mpi_launcher and --hostfile.
struct RankLauncher {
  std::string program = "mpirun";
  std::string hostfile;  // empty: on this machine, or where Slurm says

  // True if all ranks run on this machine.
  bool IsLocal() const;
  // Its name without folders.
  std::string Name() const;
};

// Throws std::invalid_argument that names the flag if ranks cannot be started so.
void CheckLauncher(const RankLauncher& launcher);

// The launcher's command that starts `command` in each of `ranks` processes. `environment` is the
// launcher's: variables that decide how OpenMP's threads wait reach other hosts through it.
std::vector<std::string> LaunchCommand(const RankLauncher& launcher, int ranks,
                                       const std::vector<std::string>& environment,
                                       const std::vector<std::string>& command);

// `environment` with the variables that let Open MPI run as root and on this machine start more
// ranks than there are processors; never bound to some, since each has several threads. Those that
// are set already stay.
std::vector<std::string> LaunchEnvironment(const RankLauncher& launcher,
                                           std::vector<std::string> environment);

// The reason for the ranks' end, in one line, from what the launcher and they wrote to standard
// error; empty if that says nothing.
std::string ReasonIn(std::string_view errors);

// The process's role that becomes the launcher: runs `command` in its place. Returns only if it
// cannot, the error.
std::string BecomeLauncher(std::vector<std::string> command);

}  // namespace biasbench::bench
