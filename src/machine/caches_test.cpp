#include "machine/caches.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <string>

namespace biasbench::machine {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kMiB = std::int64_t{1} << 20;

class Caches : public testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::path(testing::TempDir()) / ("caches." + std::to_string(getpid()));
    fs::remove_all(root_);
    fs::create_directories(root_);
  }
  void TearDown() override { fs::remove_all(root_); }
  void WriteCache(int cpu, int index, int level, const std::string& size,
                  const std::string& sharers) const {
    const fs::path folder = root_ / "sys/devices/system/cpu" / ("cpu" + std::to_string(cpu)) /
                            "cache" / ("index" + std::to_string(index));
    fs::create_directories(folder);
    std::ofstream(folder / "level") << level << '\n';
    std::ofstream(folder / "size") << size << '\n';
    std::ofstream(folder / "shared_cpu_map") << sharers << '\n';
  }

  fs::path root_;
};

// Two processors of two cores each, the second with the larger cache.
TEST_F(Caches, ThreadsFillAsManyAsThereAre) {
  for (int cpu = 0; cpu < 4; ++cpu) {
    WriteCache(cpu, 0, 1, "48K", cpu % 2 == 0 ? "1" : "2");
    WriteCache(cpu, 1, 3, cpu < 2 ? "16384K" : "32M", cpu < 2 ? "3" : "c");
    WriteCache(cpu, 2, 2, "1024K", cpu % 2 == 0 ? "1" : "2");
  }
  EXPECT_EQ(LastLevelCacheBytes(1, root_), 32 * kMiB);
  EXPECT_EQ(LastLevelCacheBytes(2, root_), 48 * kMiB);
  EXPECT_EQ(LastLevelCacheBytes(64, root_), 48 * kMiB);
}

TEST_F(Caches, WithoutSysAreGuessed) { EXPECT_EQ(LastLevelCacheBytes(2, root_), 32 * kMiB); }

TEST_F(Caches, OfThisMachineAreOfAMachine) {
  EXPECT_GE(LastLevelCacheBytes(1), kMiB / 4);
  EXPECT_LT(LastLevelCacheBytes(1024), 65'536 * kMiB);
}

TEST(CacheSize, IsAsTheKernelWritesIt) {
  EXPECT_EQ(ParseCacheSize("48K"), 48 * 1024);
  EXPECT_EQ(ParseCacheSize("2M"), 2 * kMiB);
  EXPECT_EQ(ParseCacheSize("512"), 512);
  EXPECT_EQ(ParseCacheSize("M"), std::nullopt);
}

}  // namespace
}  // namespace biasbench::machine
