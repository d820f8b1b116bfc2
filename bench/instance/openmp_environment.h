// The environment variables that decide how OpenMP's threads run in the processes of instances.
//
// Only this project sets them, so that a row is what its keys say wherever it is run: the user's
// own (OMP_…, libgomp's GOMP_…, libomp's KMP_…) are dropped. Masks of processors (taskset, numactl)
// are inherited, and are the way to place threads.
#pragma once

#include <string>
#include <vector>

namespace biasbench::bench {

// This program's environment, with OpenMP's variables set for a measured process of `threads`
// threads. Probes whether as many processors are free.
std::vector<std::string> InstanceEnvironment(int threads);

// True if this process's threads sleep as soon as they wait; call it in the measured process.
bool ThreadsSleep();

}  // namespace biasbench::bench
