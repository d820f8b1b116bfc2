// The processors and threads that a process really gets.
#pragma once

#include <filesystem>

namespace biasbench::machine {

// The mask of processors that this program was started with. OpenMP's runtime narrows the first
// thread's mask before main() where OMP_PROC_BIND or OMP_PLACES is set, and child processes inherit
// that: this gives the original one back to the calling thread.
void RestoreStartMask();

// The processors in the mask that this program was started with.
int ProcessorsOfStartMask();

// The processors that the CPU quotas of this program's control groups (v2 and v1) and the groups
// above allow: not always a whole number; infinite without a quota. `root` is "/" but in tests.
// Throws std::runtime_error naming the file that cannot be understood.
double CpuQuota(const std::filesystem::path& root = "/");

// The processors that this program may keep busy: the fewer of both.
double AllowedProcessors(const std::filesystem::path& root = "/");

// The OpenMP team that runs when a number of threads is requested.
struct Team {
  int threads = 0;
  double processors = 0;  // that its threads may keep busy, all together; quotas as above
};
Team CountTeam(int threads, const std::filesystem::path& root = "/");

// True if `count` processors of this thread's mask are free of other programs' work; each is probed
// for a few milliseconds.
bool HasFreeProcessors(int count);

}  // namespace biasbench::machine
