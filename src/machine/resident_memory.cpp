#include "machine/resident_memory.h"

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cinttypes>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <string>

#include "machine/kernel_file.h"

namespace biasbench::machine {
namespace {

std::int64_t RequireField(const char* path, const char* key) {
  const auto text = ReadKernelFile(path);
  const auto bytes = text ? FindBytes(*text, key) : std::nullopt;
  if (!bytes) throw std::runtime_error(fmt::format("{}: no {}", path, key));
  return *bytes;
}

// Anonymous memory in small pages, so that exactly the touched pages become resident.
class Block {
 public:
  explicit Block(std::int64_t bytes) : bytes_(bytes) {
    void* address = mmap(nullptr, static_cast<std::size_t>(bytes), PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (address == MAP_FAILED) {
      throw std::runtime_error(fmt::format("calibration: the system refused {} bytes", bytes));
    }
    madvise(address, static_cast<std::size_t>(bytes), MADV_NOHUGEPAGE);
    data_ = static_cast<volatile std::byte*>(address);
  }
  Block(const Block&) = delete;
  Block& operator=(const Block&) = delete;
  ~Block() { munmap(const_cast<std::byte*>(data_), static_cast<std::size_t>(bytes_)); }

  void Touch() {
    const std::int64_t page = sysconf(_SC_PAGESIZE);
    for (std::int64_t i = 0; i < bytes_; i += page) data_[i] = std::byte{1};
  }

 private:
  std::int64_t bytes_;
  volatile std::byte* data_ = nullptr;
};

// The growth of the three figures since construction.
class Growth {
 public:
  std::int64_t Peak() const { return PeakResidentBytes() - peak_; }
  std::int64_t Resident() const { return ResidentBytes() - resident_; }
  std::int64_t AnonymousBytes() const { return ReadMappedMemory().anonymous_bytes - anonymous_; }

 private:
  std::int64_t peak_ = PeakResidentBytes();
  std::int64_t resident_ = ResidentBytes();
  std::int64_t anonymous_ = ReadMappedMemory().anonymous_bytes;
};

std::optional<std::string> Disagreement(const char* figure, const char* when,
                                        std::int64_t block_bytes, std::int64_t expected,
                                        std::int64_t seen) {
  if (std::abs(seen - expected) <= CalibrationBoundBytes()) return std::nullopt;
  return fmt::format(
      "resident memory cannot be trusted here: {} of a block of {} bytes {} grew by {} bytes, "
      "expected {} within {}",
      figure, block_bytes, when, seen, expected, CalibrationBoundBytes());
}

std::optional<std::string> CalibrateWith(std::int64_t bytes) {
  (void)Growth();  // what the first reading itself allocates stays out
  if (!ResetPeakResidentBytes()) return kPeakIsNotReset;
  const Growth growth;
  {
    Block block(bytes);
    if (auto why = Disagreement("VmHWM", "untouched", bytes, 0, growth.Peak())) return why;
    if (auto why = Disagreement("Anonymous", "untouched", bytes, 0, growth.AnonymousBytes())) {
      return why;
    }
    block.Touch();
    if (auto why = Disagreement("VmHWM", "touched", bytes, bytes, growth.Peak())) return why;
    if (auto why = Disagreement("Anonymous", "touched", bytes, bytes, growth.AnonymousBytes())) {
      return why;
    }
  }
  if (auto why = Disagreement("VmHWM", "released", bytes, bytes, growth.Peak())) return why;
  return Disagreement("VmRSS", "released", bytes, 0, growth.Resident());
}

}  // namespace

bool ResetPeakResidentBytes() {
  std::ofstream file("/proc/self/clear_refs");
  return static_cast<bool>(file << "5" << std::flush);
}

void MakeFilesResident() {
  std::ifstream maps("/proc/self/maps");
  std::string line;
  while (std::getline(maps, line)) {
    std::uintptr_t begin = 0;
    std::uintptr_t end = 0;
    char readable = '-';
    std::uint64_t inode = 0;
    const int fields = std::sscanf(line.c_str(), "%" SCNxPTR "-%" SCNxPTR " %c%*s %*s %*s %" SCNu64,
                                   &begin, &end, &readable, &inode);
    if (fields != 4 || readable != 'r' || inode == 0) continue;
    // NOLINTNEXTLINE(performance-no-int-to-ptr): the kernel says where it is in digits.
    madvise(reinterpret_cast<void*>(begin), end - begin, MADV_POPULATE_READ);
  }
}

std::int64_t PeakResidentBytes() { return RequireField("/proc/self/status", "VmHWM:"); }

std::int64_t ResidentBytes() { return RequireField("/proc/self/status", "VmRSS:"); }

MappedMemory ReadMappedMemory() {
  const char* const path = "/proc/self/smaps_rollup";
  // Not the Private_ fields: they count pages of the program's file too, which turn shared when a
  // second process of the same program starts, and dirty when the file has just been built.
  return {.anonymous_bytes = RequireField(path, "Anonymous:"),
          .anon_huge_bytes = RequireField(path, "AnonHugePages:")};
}

std::int64_t CalibrationBoundBytes() {
  // Kernels before 6.2 keep up to 64 pages in a thread, later ones up to 2 × CPUs in each CPU.
  const std::int64_t hidden_pages = std::max<std::int64_t>(64, 2 * sysconf(_SC_NPROCESSORS_CONF));
  return 2 * hidden_pages * sysconf(_SC_PAGESIZE);
}

std::optional<std::string> CalibrateResidentMemory() {
  for (const std::int64_t mebibytes : {1, 16, 64}) {
    if (auto why = CalibrateWith(mebibytes << 20)) return why;
  }
  if (!ResetPeakResidentBytes()) return kPeakIsNotReset;
  return std::nullopt;
}

}  // namespace biasbench::machine
