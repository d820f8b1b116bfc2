// The environment variables that decide how OpenMP's threads run in the processes of instances.
//
// They are set by us alone, so that a row is what its keys say wherever it is run: what the user
// has set (OMP_…, libgomp's GOMP_…, libomp's KMP_…) is left out. Masks of processors (taskset,
// numactl) are inherited, and are the way to place threads.
#pragma once

#include <string>
#include <vector>

namespace biasbench::bench {

// This program's environment with OpenMP's variables as an instance with so many threads needs
// them. Looks whether as many processors are free.
std::vector<std::string> InstanceEnvironment(int threads);

// Asked in the instance's process: whether its threads sleep at once when they wait.
bool ThreadsSleep();

}  // namespace biasbench::bench
