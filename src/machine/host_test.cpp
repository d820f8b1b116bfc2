#include "machine/host.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <string>

namespace biasbench::machine {
namespace {

namespace fs = std::filesystem;

class Host : public testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::path(testing::TempDir()) / ("host." + std::to_string(getpid()));
    fs::remove_all(root_);
    fs::create_directories(root_);
  }
  void TearDown() override { fs::remove_all(root_); }
  void Write(const fs::path& path, const std::string& text) const {
    fs::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path) << text << '\n';
  }
  void WriteCpu(int cpu, int package, int core) const {
    const fs::path topology =
        fs::path("sys/devices/system/cpu") / ("cpu" + std::to_string(cpu)) / "topology";
    Write(topology / "physical_package_id", std::to_string(package));
    Write(topology / "core_id", std::to_string(core));
  }

  fs::path root_;
};

TEST_F(Host, ReadsAMachineOfTwoPackagesWithTwoThreadsACore) {
  Write("proc/cpuinfo", "processor\t: 0\nmodel name\t: A CPU @ 2: GHz\nprocessor\t: 1");
  Write("proc/meminfo", "MemTotal:       2048 kB");
  Write("proc/sys/kernel/osrelease", "6.1.0");
  Write("sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never");
  Write("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "performance");
  WriteCpu(0, 0, 0);
  WriteCpu(1, 0, 0);
  WriteCpu(2, 1, 0);
  fs::create_directories(root_ / "sys/devices/system/cpu/cpu3");  // offline
  WriteCpu(4, 1, 0);
  const fs::path cache = "sys/devices/system/cpu/cpu0/cache/index0";
  Write(cache / "level", "3");
  Write(cache / "type", "Unified");
  Write(cache / "size", "307200K");
  Write(cache / "coherency_line_size", "64");
  Write(cache / "shared_cpu_map", "00000001,0000f003");

  const nlohmann::json host = DescribeHost(root_);
  EXPECT_EQ(host["cpu_model"], "A CPU @ 2: GHz");
  EXPECT_EQ(host["logical_cores"], 4);
  EXPECT_EQ(host["physical_cores"], 2);
  EXPECT_EQ(host["ram_bytes"], 2048 * 1024);
  EXPECT_EQ(host["kernel"], "6.1.0");
  EXPECT_EQ(host["transparent_huge_pages"], "madvise");
  EXPECT_EQ(host["governor"], "performance");
  const nlohmann::json expected = {{"level", 3},
                                   {"type", "Unified"},
                                   {"size_bytes", 307200 * 1024},
                                   {"line_bytes", 64},
                                   {"shared_by_cores", 7}};
  EXPECT_EQ(host["caches"], nlohmann::json::array({expected}));
}

// A bare container or a chroot has /proc only.
TEST_F(Host, WithoutSysTheProcessorsAreStillCounted) {
  Write("proc/cpuinfo",
        "processor\t: 0\nmodel name\t: A CPU\n\nprocessor\t: 1\nmodel name\t: A CPU");
  const nlohmann::json host = DescribeHost(root_);
  EXPECT_EQ(host["logical_cores"], 2);
  EXPECT_TRUE(host["physical_cores"].is_null());
}

TEST_F(Host, WhatIsNotToldIsNull) {
  const nlohmann::json host = DescribeHost(root_);
  for (const char* key : {"cpu_model", "logical_cores", "physical_cores", "ram_bytes", "kernel",
                          "transparent_huge_pages", "governor"}) {
    EXPECT_TRUE(host.at(key).is_null()) << key;
  }
  EXPECT_EQ(host["caches"], nlohmann::json::array());
}

TEST(HostHere, KnowsThisMachine) {
  const nlohmann::json host = DescribeHost();
  EXPECT_GE(host["logical_cores"], 1);
  EXPECT_GT(host["ram_bytes"], 0);
  EXPECT_GE(host["page_bytes"], 4096);
  EXPECT_GE(host["simd_bits"], 32);
  EXPECT_FALSE(host["simd_target"].get<std::string>().empty());
}

}  // namespace
}  // namespace biasbench::machine
