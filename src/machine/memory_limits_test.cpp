#include "machine/memory_limits.h"

#include <gtest/gtest.h>

#include <fstream>
#include <stdexcept>
#include <string>

#include "machine/root_folder_fixture.h"

namespace biasbench::machine {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kMiB = 1 << 20;

// A fake root folder with 1000 MiB of MemAvailable and no control group.
class MemoryLimits : public RootFolder {
 protected:
  void SetUp() override {
    RootFolder::SetUp();
    Write("proc/meminfo", "MemTotal: 2048000 kB\nMemFree: 1 kB\nMemAvailable: 1024000 kB\n");
  }
  // The text as it is, whole lines.
  void Write(const fs::path& path, const std::string& text) const {
    fs::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path) << text;
  }
  void WriteBytes(const fs::path& path, std::int64_t bytes) const {
    Write(path, std::to_string(bytes) + "\n");
  }
  std::string Message() const {
    try {
      AvailableMemory(root_);
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return "";
  }
};

TEST_F(MemoryLimits, WithoutGroupsMemAvailableBinds) {
  const AvailableBytes available = AvailableMemory(root_);
  EXPECT_EQ(available.bytes, 1000 * kMiB);
  EXPECT_EQ(available.limited_by, "MemAvailable");
}

TEST_F(MemoryLimits, Version2CountsInactiveFileCacheAsFree) {
  Write("proc/self/cgroup", "0::/batch/job\n");
  WriteBytes("sys/fs/cgroup/batch/job/memory.max", 500 * kMiB);
  WriteBytes("sys/fs/cgroup/batch/job/memory.current", 200 * kMiB);
  Write("sys/fs/cgroup/batch/job/memory.stat",
        "anon 1\nactive_file 7\ninactive_file " + std::to_string(50 * kMiB) + "\n");
  const AvailableBytes available = AvailableMemory(root_);
  EXPECT_EQ(available.bytes, 350 * kMiB);
  EXPECT_EQ(available.limited_by, (root_ / "sys/fs/cgroup/batch/job/memory.max").string());
}

TEST_F(MemoryLimits, Version2FindsALimitFurtherUp) {
  Write("proc/self/cgroup", "0::/batch/job\n");
  Write("sys/fs/cgroup/batch/job/memory.max", "max\n");
  WriteBytes("sys/fs/cgroup/batch/memory.max", 300 * kMiB);
  WriteBytes("sys/fs/cgroup/batch/memory.current", 100 * kMiB);
  EXPECT_EQ(AvailableMemory(root_).bytes, 200 * kMiB);
}

TEST_F(MemoryLimits, TheTightestOfSeveralLevelsBinds) {
  Write("proc/self/cgroup", "0::/batch/job\n");
  WriteBytes("sys/fs/cgroup/batch/job/memory.max", 400 * kMiB);
  WriteBytes("sys/fs/cgroup/batch/job/memory.current", 10 * kMiB);
  WriteBytes("sys/fs/cgroup/batch/memory.max", 600 * kMiB);
  WriteBytes("sys/fs/cgroup/batch/memory.current", 500 * kMiB);
  const AvailableBytes available = AvailableMemory(root_);
  EXPECT_EQ(available.bytes, 100 * kMiB);
  EXPECT_EQ(available.limited_by, (root_ / "sys/fs/cgroup/batch/memory.max").string());
}

TEST_F(MemoryLimits, Version1CountsTheCacheOfGroupsBelowToo) {
  Write("proc/self/cgroup", "5:devices:/other\n4:cpu,memory:/job\n0::/\n");
  WriteBytes("sys/fs/cgroup/memory/job/memory.limit_in_bytes", 500 * kMiB);
  WriteBytes("sys/fs/cgroup/memory/job/memory.usage_in_bytes", 450 * kMiB);
  Write("sys/fs/cgroup/memory/job/memory.stat",
        "inactive_file 1\ntotal_inactive_file " + std::to_string(100 * kMiB) + "\n");
  WriteBytes("sys/fs/cgroup/memory/memory.limit_in_bytes", 9223372036854771712);
  WriteBytes("sys/fs/cgroup/memory/memory.usage_in_bytes", 700 * kMiB);
  const AvailableBytes available = AvailableMemory(root_);
  EXPECT_EQ(available.bytes, 150 * kMiB);
  EXPECT_EQ(available.limited_by,
            (root_ / "sys/fs/cgroup/memory/job/memory.limit_in_bytes").string());
}

TEST_F(MemoryLimits, AContainerSeesItsLimitAtTheMount) {
  Write("proc/self/cgroup", "4:memory:/docker/0123\n");
  WriteBytes("sys/fs/cgroup/memory/memory.limit_in_bytes", 64 * kMiB);
  WriteBytes("sys/fs/cgroup/memory/memory.usage_in_bytes", 14 * kMiB);
  EXPECT_EQ(AvailableMemory(root_).bytes, 50 * kMiB);
}

TEST_F(MemoryLimits, UsageAboveTheLimitLeavesNothing) {
  Write("proc/self/cgroup", "0::/job\n");
  WriteBytes("sys/fs/cgroup/job/memory.max", 10 * kMiB);
  WriteBytes("sys/fs/cgroup/job/memory.current", 11 * kMiB);
  EXPECT_EQ(AvailableMemory(root_).bytes, 0);
}

TEST_F(MemoryLimits, GarbageIsAnErrorThatNamesTheFile) {
  Write("proc/self/cgroup", "0::/job\n");
  Write("sys/fs/cgroup/job/memory.max", "lots\n");
  EXPECT_NE(Message().find("job/memory.max: not a number"), std::string::npos) << Message();
  WriteBytes("sys/fs/cgroup/job/memory.max", 10 * kMiB);  // and no memory.current
  EXPECT_NE(Message().find("job/memory.current: not a number"), std::string::npos) << Message();
  Write("proc/meminfo", "MemTotal: 1 kB\n");
  EXPECT_NE(Message().find("proc/meminfo: no MemAvailable"), std::string::npos) << Message();
}

TEST(MemoryLimitsHere, ThisMachineHasMemoryLeft) { EXPECT_GT(AvailableMemory().bytes, 0); }

}  // namespace
}  // namespace biasbench::machine
