#include "bench/instance/timed_steps.h"

#include <chrono>
#include <ctime>

namespace biasbench::bench {

double CpuSeconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

nlohmann::json TimeSteps(std::int64_t count, const std::function<double()>& step) {
  double loss = 0;
  CpuSeconds();  // the first call links it, which takes 0.1 ms and more
  // Processor time is read inside elapsed time, so that one thread never uses more than elapses.
  const auto start = std::chrono::steady_clock::now();
  const double cpu_start = CpuSeconds();
  for (std::int64_t i = 0; i < count; ++i) loss = step();
  const double cpu_seconds = CpuSeconds() - cpu_start;
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  return {{"seconds", elapsed.count()}, {"cpu_seconds", cpu_seconds}, {"loss", loss}};
}

}  // namespace biasbench::bench
