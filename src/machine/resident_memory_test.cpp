#include "machine/resident_memory.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "machine/kernel_file.h"
#include "machine/sanitizer.h"
#include "memory/tracked_buffer.h"

#if !BIASBENCH_SANITIZED

namespace biasbench::machine {
namespace {

constexpr std::int64_t kMiB = 1 << 20;

testing::AssertionResult IsNear(std::int64_t growth_bytes, std::int64_t expected_bytes) {
  if (std::abs(growth_bytes - expected_bytes) <= CalibrationBoundBytes()) {
    return testing::AssertionSuccess();
  }
  return testing::AssertionFailure() << "grew by " << growth_bytes << " bytes, expected "
                                     << expected_bytes << " within " << CalibrationBoundBytes();
}

TEST(ResidentMemory, CalibrationAgreesHere) { EXPECT_EQ(CalibrateResidentMemory(), std::nullopt); }

TEST(ResidentMemory, PeakOutlivesABufferUntilItIsReset) {
  memory::Ledger ledger;
  ASSERT_TRUE(ResetPeakResidentBytes());
  const std::int64_t before = PeakResidentBytes();
  {
    const memory::TrackedBuffer<float> buffer(ledger, memory::Category::kWorkspace, 16 * kMiB);
    EXPECT_TRUE(IsNear(ResidentBytes() - before, 64 * kMiB));
  }
  EXPECT_TRUE(IsNear(PeakResidentBytes() - before, 64 * kMiB));
  EXPECT_TRUE(IsNear(ResidentBytes() - before, 0));
  ASSERT_TRUE(ResetPeakResidentBytes());
  EXPECT_TRUE(IsNear(PeakResidentBytes() - before, 0));
}

TEST(ResidentMemory, AnonymousPagesHoldABuffer) {
  memory::Ledger ledger;
  const MappedMemory before = ReadMappedMemory();
  const memory::TrackedBuffer<float> buffer(ledger, memory::Category::kWorkspace, 16 * kMiB);
  const MappedMemory after = ReadMappedMemory();
  EXPECT_TRUE(IsNear(after.anonymous_bytes - before.anonymous_bytes, 64 * kMiB));
  EXPECT_LE(after.anon_huge_bytes - before.anon_huge_bytes, 64 * kMiB);
}

// Of the mappings of a file, what smaps says under `key`.
std::int64_t OfFileBytes(const std::string& file, std::string_view key) {
  std::ifstream smaps("/proc/self/smaps");
  std::int64_t bytes = 0;
  bool is_file = false;
  for (std::string line; std::getline(smaps, line);) {
    const bool begins_mapping = std::isupper(static_cast<unsigned char>(line[0])) == 0;
    if (begins_mapping) {
      is_file = line.ends_with(file);
    } else if (is_file) {
      bytes += FindBytes(line, key).value_or(0);
    }
  }
  return bytes;
}

TEST(ResidentMemory, MappedFilesCanBeMadeWhollyResident) {
  const std::string program = std::filesystem::read_symlink("/proc/self/exe").string();
  const std::string untouched = testing::TempDir() + "untouched." + std::to_string(getpid());
  std::ofstream(untouched) << std::string(kMiB, 'x');
  const int descriptor = open(untouched.c_str(), O_RDONLY);
  void* const mapped = mmap(nullptr, kMiB, PROT_READ, MAP_PRIVATE, descriptor, 0);
  ASSERT_NE(mapped, MAP_FAILED);
  ASSERT_GT(OfFileBytes(program, "Size:"), 0);
  EXPECT_EQ(OfFileBytes(untouched, "Size:"), kMiB);
  EXPECT_LT(OfFileBytes(untouched, "Rss:"), kMiB);
  MakeFilesResident();
  EXPECT_EQ(OfFileBytes(program, "Rss:"), OfFileBytes(program, "Size:"));
  EXPECT_EQ(OfFileBytes(untouched, "Rss:"), kMiB);
  munmap(mapped, kMiB);
  close(descriptor);
  std::filesystem::remove(untouched);
}

}  // namespace
}  // namespace biasbench::machine

#endif
