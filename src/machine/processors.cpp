#include "machine/processors.h"

#include <fmt/format.h>
#include <omp.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cstddef>
#include <ctime>
#include <limits>
#include <sstream>
#include <stdexcept>
#include <string>

#include "machine/control_group.h"
#include "machine/kernel_file.h"

// An attribute for code that runs before the sanitizers are ready.
#define BIASBENCH_BEFORE_SANITIZERS \
  __attribute__((no_sanitize("address"), no_sanitize("thread"), no_sanitize("undefined")))

namespace biasbench::machine {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxProcessors = 8192;  // that Linux can be configured for
constexpr std::size_t kWordBits = std::numeric_limits<unsigned long>::digits;
using Mask = std::array<unsigned long, kMaxProcessors / kWordBits>;

constinit Mask start_mask{};

// The kernel's calls: those of the C library know 1,024 processors.
BIASBENCH_BEFORE_SANITIZERS void ReadMask(Mask* mask) {
  syscall(SYS_sched_getaffinity, 0, sizeof(*mask), mask);
}
void SetMask(const Mask& mask) { syscall(SYS_sched_setaffinity, 0, sizeof(mask), &mask); }

// Runs before the constructors of all libraries, OpenMP's and the sanitizers' among them; the
// entries of .preinit_array do, whether libraries are shared or not.
BIASBENCH_BEFORE_SANITIZERS void RememberStartMask(int, char**, char**) { ReadMask(&start_mask); }
[[gnu::section(".preinit_array"),
  gnu::used]] void (*remember_start_mask)(int, char**, char**) = RememberStartMask;

int CountProcessors(const Mask& mask) {
  int count = 0;
  for (const unsigned long word : mask) count += std::popcount(word);
  return count;
}

double RequireNumber(const fs::path& file, const std::string& text) {
  const auto value = ParseInteger(text);
  if (!value || *value <= 0) {
    throw std::runtime_error(fmt::format("{}: not a number of microseconds", file.string()));
  }
  return static_cast<double>(*value);
}

constexpr double kNoQuota = std::numeric_limits<double>::infinity();

// cpu.max is "max 100000" or "150000 100000": quota and period.
double QuotaOfVersion2(const fs::path& folder) {
  const fs::path file = folder / "cpu.max";
  std::istringstream words(ReadKernelFile(file).value_or("max"));
  std::string quota;
  std::string period;
  words >> quota >> period;
  if (quota == "max") return kNoQuota;
  return RequireNumber(file, quota) / RequireNumber(file, period);
}

double QuotaOfVersion1(const fs::path& folder) {
  const fs::path file = folder / "cpu.cfs_quota_us";
  const std::string quota = ReadKernelFile(file).value_or("-1");
  if (quota == "-1") return kNoQuota;
  const fs::path period = folder / "cpu.cfs_period_us";
  return RequireNumber(file, quota) / RequireNumber(period, ReadKernelFile(period).value_or(""));
}

double ThreadCpuSeconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

// True if nothing else takes time of the processor that this thread is bound to. Another thread
// that always runs takes half of it, in turns of some 3 ms: so the window is two of each, and three
// quarters tell the two apart.
bool IsFree() {
  constexpr double kWindowSeconds = 0.012;
  constexpr double kLeastShare = 0.75;
  const double cpu_start = ThreadCpuSeconds();
  const auto start = std::chrono::steady_clock::now();
  std::chrono::duration<double> elapsed{};
  do {
    elapsed = std::chrono::steady_clock::now() - start;
  } while (elapsed.count() < kWindowSeconds);
  return ThreadCpuSeconds() - cpu_start >= kLeastShare * elapsed.count();
}

}  // namespace

void RestoreStartMask() { SetMask(start_mask); }

int ProcessorsOfStartMask() { return CountProcessors(start_mask); }

double CpuQuota(const fs::path& root) {
  double least = kNoQuota;
  ForEachControlGroup(root, "cpu", [&](CgroupVersion version, const fs::path& folder) {
    least = std::min(
        least, version == CgroupVersion::k2 ? QuotaOfVersion2(folder) : QuotaOfVersion1(folder));
  });
  return least;
}

double AllowedProcessors(const fs::path& root) {
  return std::min<double>(ProcessorsOfStartMask(), CpuQuota(root));
}

Team CountTeam(int threads, const fs::path& root) {
  Team team;
  Mask all{};
#pragma omp parallel num_threads(threads)
  {
    Mask own{};
    ReadMask(&own);
#pragma omp critical
    {
      ++team.threads;
      for (std::size_t i = 0; i < all.size(); ++i) all[i] |= own[i];
    }
  }
  team.processors = std::min<double>(CountProcessors(all), CpuQuota(root));
  return team;
}

bool HasFreeProcessors(int count) {
  Mask mask{};
  ReadMask(&mask);
  int found = 0;
  for (std::size_t i = 0; i < kMaxProcessors && found < count; ++i) {
    Mask one{};
    one[i / kWordBits] = mask[i / kWordBits] & (1UL << i % kWordBits);
    if (one[i / kWordBits] == 0) continue;
    SetMask(one);
    if (IsFree()) ++found;
  }
  SetMask(mask);
  return found >= count;
}

}  // namespace biasbench::machine
