#include "machine/caches.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <numeric>
#include <string>
#include <vector>

#include "machine/kernel_file.h"

namespace biasbench::machine {
namespace {

namespace fs = std::filesystem;

// The default where a container has no /sys. It is rather too large: a network thought to fit is
// not compared with the bus, one wrongly thought not to fit would seem to beat it.
constexpr std::int64_t kUntoldBytes = std::int64_t{32} << 20;

struct Cache {
  std::int64_t level = 0;
  std::int64_t bytes = 0;
  std::string sharers;  // a mask of CPUs
};

// The cache of the highest level that a CPU has; level 0 where it does not tell.
Cache LastLevelOf(const fs::path& cpu) {
  Cache last;
  for (int i = 0;; ++i) {
    const fs::path index = cpu / "cache" / fmt::format("index{}", i);
    const auto size = ReadKernelFile(index / "size");
    if (!size) return last;
    const auto level = ParseInteger(ReadKernelFile(index / "level").value_or(""));
    const auto bytes = ParseCacheSize(*size);
    if (!level || !bytes || *level <= last.level) continue;
    // A cache that does not tell its sharers counts as the CPU's own.
    last = {*level, *bytes, ReadKernelFile(index / "shared_cpu_map").value_or(cpu.string())};
  }
}

}  // namespace

std::optional<std::int64_t> ParseCacheSize(std::string_view size) {
  std::int64_t unit = 1;
  if (size.ends_with('K')) unit = 1 << 10;
  if (size.ends_with('M')) unit = 1 << 20;
  if (unit > 1) size.remove_suffix(1);
  const auto number = ParseInteger(size);
  return number ? std::optional(*number * unit) : std::nullopt;
}

std::int64_t LastLevelCacheBytes(int threads, const fs::path& root) {
  const fs::path cpus = root / "sys/devices/system/cpu";
  std::map<std::string, std::int64_t> bytes_by_sharers;
  for (int cpu = 0; fs::exists(cpus / fmt::format("cpu{}", cpu)); ++cpu) {
    const Cache cache = LastLevelOf(cpus / fmt::format("cpu{}", cpu));
    if (cache.level > 0) bytes_by_sharers[cache.sharers] = cache.bytes;
  }
  if (bytes_by_sharers.empty()) return kUntoldBytes;
  std::vector<std::int64_t> sizes;
  for (const auto& [sharers, bytes] : bytes_by_sharers) sizes.push_back(bytes);
  std::ranges::sort(sizes, std::greater());
  const auto filled = std::min(sizes.size(), static_cast<std::size_t>(threads));
  return std::accumulate(sizes.begin(), sizes.begin() + static_cast<std::ptrdiff_t>(filled),
                         std::int64_t{0});
}

}  // namespace biasbench::machine
