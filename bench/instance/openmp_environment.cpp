#include "bench/instance/openmp_environment.h"

#include <unistd.h>

#include <array>
#include <cstdlib>
#include <string_view>

#include "machine/processors.h"

namespace biasbench::bench {
namespace {

// The number of times a waiting thread spins before it sleeps, and the value to sleep at once.
// Milliseconds of a training (harmonic3, 1,000 nodes, 60 epochs: some 4,000 waits) on two virtual
// processors, medians of 3 to 15; "apart": the others in a control group of their own, as in a
// container:
//
//                       alone  3 busy loops  2 spinning programs    busy  spinning, apart
//   one thread             13            16                   22      12               11
//   two: sleeps           320            68           70 or 1,400     672               36
//        1,000 looks       18           207                  193     156              103
//        10,000            15           768                1,854      33            1,210
//        300,000 (libgomp) 16           176                  666  60,000           60,000
//
// (The programs spin by libgomp's default; between two with the settings below, 90 for one thread's
// 22.) So no number suits both: 10,000 is the least that costs nothing alone (3,000: 3 % at 10,000
// nodes), and threads sleep where processors are not free. That is 4 times what one thread takes
// beside busy loops and our own programs; beside others that spin, the scheduler lets a thread that
// wakes wait for them in some runs, and it is 65 times.
constexpr std::string_view kSpin = "GOMP_SPINCOUNT=10000";
constexpr std::string_view kSleep = "OMP_WAIT_POLICY=passive";

constexpr auto kPrefixes = std::to_array<std::string_view>({"OMP_", "GOMP_", "KMP_"});

bool IsOpenMps(std::string_view variable) {
  for (const std::string_view prefix : kPrefixes) {
    if (variable.starts_with(prefix)) return true;
  }
  return false;
}

}  // namespace

std::vector<std::string> InstanceEnvironment(int threads) {
  std::vector<std::string> variables;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    if (!IsOpenMps(*variable)) variables.emplace_back(*variable);
  }
  // One thread never waits. Probed twice, since something short may interfere with one probe.
  const bool spins =
      threads == 1 || machine::HasFreeProcessors(threads) || machine::HasFreeProcessors(threads);
  variables.emplace_back(spins ? kSpin : kSleep);
  return variables;
}

bool ThreadsSleep() {
  const char* const policy = std::getenv("OMP_WAIT_POLICY");
  return policy != nullptr && std::string_view(policy) == "passive";
}

}  // namespace biasbench::bench
