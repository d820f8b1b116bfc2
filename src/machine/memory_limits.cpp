#include "machine/memory_limits.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <string_view>

#include "machine/control_group.h"
#include "machine/kernel_file.h"

namespace biasbench::machine {
namespace {

namespace fs = std::filesystem;

// The file names of a version of control groups.
struct CgroupFiles {
  std::string_view limit;
  std::string_view usage;
  std::string_view inactive_file;  // the key in memory.stat that includes the groups below
};
constexpr CgroupFiles kVersion2{"memory.max", "memory.current", "inactive_file"};
constexpr CgroupFiles kVersion1{"memory.limit_in_bytes", "memory.usage_in_bytes",
                                "total_inactive_file"};

std::int64_t RequireInteger(const fs::path& path) {
  const auto text = ReadKernelFile(path);
  const auto value = text ? ParseInteger(*text) : std::nullopt;
  if (!value) throw std::runtime_error(fmt::format("{}: not a number of bytes", path.string()));
  return *value;
}

// Limit − usage of the group in `folder`; nothing when it sets no limit.
std::optional<AvailableBytes> GroupLimit(const CgroupFiles& files, const fs::path& folder) {
  const fs::path limit_file = folder / files.limit;
  const auto limit_text = ReadKernelFile(limit_file);
  if (!limit_text || *limit_text == "max") return std::nullopt;
  const std::int64_t limit = RequireInteger(limit_file);
  const std::int64_t usage = RequireInteger(folder / files.usage);
  const auto stat = ReadKernelFile(folder / "memory.stat");
  const std::int64_t cache = stat ? FindBytes(*stat, files.inactive_file).value_or(0) : 0;
  const std::int64_t held = std::max<std::int64_t>(usage - cache, 0);
  return AvailableBytes{std::max<std::int64_t>(limit - held, 0), limit_file.string()};
}

void Tighten(AvailableBytes& least, const std::optional<AvailableBytes>& candidate) {
  if (candidate && candidate->bytes < least.bytes) least = *candidate;
}

AvailableBytes MemAvailable(const fs::path& root) {
  const fs::path meminfo = root / "proc/meminfo";
  const auto text = ReadKernelFile(meminfo);
  const auto bytes = text ? FindBytes(*text, "MemAvailable:") : std::nullopt;
  if (!bytes) throw std::runtime_error(fmt::format("{}: no MemAvailable", meminfo.string()));
  return {*bytes, "MemAvailable"};
}

}  // namespace

AvailableBytes AvailableMemory(const fs::path& root) {
  AvailableBytes least = MemAvailable(root);
  ForEachControlGroup(root, "memory", [&](CgroupVersion version, const fs::path& folder) {
    Tighten(least, GroupLimit(version == CgroupVersion::k2 ? kVersion2 : kVersion1, folder));
  });
  return least;
}

}  // namespace biasbench::machine
