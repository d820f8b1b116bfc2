// Bytes as a file with a path, for readers that take nothing else.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <span>
#include <string>

#include "fuzzing/require.h"

namespace biasbench::fuzzing {

// A file in memory without a name in any folder, so that thousands a second do not wear out a disk.
class MemoryFile {
 public:
  explicit MemoryFile(std::span<const std::uint8_t> bytes)
      : descriptor_(memfd_create("input", MFD_CLOEXEC)) {
    Require(descriptor_ >= 0, "a file in memory can be made");
    Require(write(descriptor_, bytes.data(), bytes.size()) == std::ssize(bytes),
            "a file in memory can be written");
  }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  ~MemoryFile() { close(descriptor_); }

  // Whoever opens it reads from the beginning.
  std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

 private:
  int descriptor_;
};

}  // namespace biasbench::fuzzing
