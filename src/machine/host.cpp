#include "machine/host.h"

#include <fmt/format.h>
#include <gnu/libc-version.h>
#include <unistd.h>

#include <bitset>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>

#include "machine/caches.h"
#include "machine/kernel_file.h"
#include "machine/roofline.h"

namespace biasbench::machine {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

json OrNull(const auto& optional) { return optional ? json(*optional) : json(nullptr); }

// "model name	: Some CPU" → "Some CPU". Absent on ARM.
std::optional<std::string> CpuModel(const std::string& cpuinfo) {
  std::istringstream lines(cpuinfo);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t colon = line.find(": ");
    if (line.starts_with("model name") && colon != std::string::npos) return line.substr(colon + 2);
  }
  return std::nullopt;
}

// The number of CPUs the kernel runs on. Used where a container has no /sys, which tells more.
int CountProcessors(const std::string& cpuinfo) {
  std::istringstream lines(cpuinfo);
  int processors = 0;
  for (std::string line; std::getline(lines, line);) processors += line.starts_with("processor\t:");
  return processors;
}

struct Cores {
  int logical = 0;
  int physical = 0;
};

// CPUs that are offline have no topology.
Cores CountCores(const fs::path& cpus) {
  Cores cores;
  std::set<std::pair<std::string, std::string>> physical;
  for (int cpu = 0; fs::exists(cpus / fmt::format("cpu{}", cpu)); ++cpu) {
    const fs::path topology = cpus / fmt::format("cpu{}", cpu) / "topology";
    const auto package = ReadKernelFile(topology / "physical_package_id");
    const auto core = ReadKernelFile(topology / "core_id");
    if (!package || !core) continue;
    ++cores.logical;
    physical.emplace(*package, *core);
  }
  cores.physical = static_cast<int>(physical.size());
  return cores;
}

// A kernel's CPU mask, "00000000,0000ffff": how many bits are set.
std::size_t CountCpus(std::string_view mask) {
  std::size_t count = 0;
  for (const char digit : mask) {
    if (digit == ',') continue;
    count += std::bitset<4>(std::stoul(std::string(1, digit), nullptr, 16)).count();
  }
  return count;
}

json Caches(const fs::path& cpu) {
  json caches = json::array();
  for (int i = 0;; ++i) {
    const fs::path index = cpu / "cache" / fmt::format("index{}", i);
    const auto size = ReadKernelFile(index / "size");
    if (!size) return caches;
    const auto integer = [&](const char* file) {
      const auto text = ReadKernelFile(index / file);
      return OrNull(text ? ParseInteger(*text) : std::nullopt);
    };
    const auto mask = ReadKernelFile(index / "shared_cpu_map");
    caches.push_back({{"level", integer("level")},
                      {"type", OrNull(ReadKernelFile(index / "type"))},
                      {"size_bytes", OrNull(ParseCacheSize(*size))},
                      {"line_bytes", integer("coherency_line_size")},
                      {"shared_by_cores", mask ? json(CountCpus(*mask)) : json(nullptr)}});
  }
}

// "always [madvise] never" → "madvise".
std::optional<std::string> Chosen(const std::optional<std::string>& text) {
  if (!text) return std::nullopt;
  const std::size_t open = text->find('[');
  const std::size_t close = text->find(']', open);
  if (open == std::string::npos || close == std::string::npos) return std::nullopt;
  return text->substr(open + 1, close - open - 1);
}

}  // namespace

json DescribeHost(const fs::path& root) {
  const fs::path cpus = root / "sys/devices/system/cpu";
  const std::string cpuinfo = ReadKernelFile(root / "proc/cpuinfo").value_or("");
  const Cores cores = CountCores(cpus);
  const int logical = cores.logical > 0 ? cores.logical : CountProcessors(cpuinfo);
  const auto meminfo = ReadKernelFile(root / "proc/meminfo");
  const fs::path huge_pages = root / "sys/kernel/mm/transparent_hugepage/enabled";
  return {
      {"cpu_model", OrNull(CpuModel(cpuinfo))},
      {"logical_cores", logical > 0 ? json(logical) : json(nullptr)},
      {"physical_cores", cores.physical > 0 ? json(cores.physical) : json(nullptr)},
      {"caches", Caches(cpus / "cpu0")},
      {"ram_bytes", OrNull(meminfo ? FindBytes(*meminfo, "MemTotal:") : std::nullopt)},
      {"page_bytes", sysconf(_SC_PAGESIZE)},
      {"kernel", OrNull(ReadKernelFile(root / "proc/sys/kernel/osrelease"))},
      {"libc", fmt::format("glibc {}", gnu_get_libc_version())},
      {"transparent_huge_pages", OrNull(Chosen(ReadKernelFile(huge_pages)))},
      {"governor", OrNull(ReadKernelFile(cpus / "cpu0/cpufreq/scaling_governor"))},
      {"simd_target", SimdTarget()},
      {"simd_bits", SimdBits()},
  };
}

}  // namespace biasbench::machine
