// The memory that a process can still take before the kernel or its control group refuses.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace biasbench::machine {

struct AvailableBytes {
  std::int64_t bytes = 0;
  // The source of the bound: "MemAvailable", or the path of the control group's limit file.
  std::string limited_by;
};

// The least of MemAvailable and, for this process's control group and each group above it (v2 and
// v1), limit − usage. File cache that the kernel would drop first (inactive_file) counts as free.
// Swap does not count. `root` is "/" but in tests.
// Throws std::runtime_error naming the file that is missing or cannot be understood.
AvailableBytes AvailableMemory(const std::filesystem::path& root = "/");

}  // namespace biasbench::machine
