#include "machine/processors.h"

#include <gtest/gtest.h>
#include <omp.h>
#include <sched.h>

#include <atomic>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "machine/root_folder_fixture.h"

namespace biasbench::machine {
namespace {

int ProcessorsInMask() {
  cpu_set_t mask;
  sched_getaffinity(0, sizeof(mask), &mask);
  return CPU_COUNT(&mask);
}

// Leaves this thread the first processor of its mask.
void NarrowMask() {
  cpu_set_t mask;
  sched_getaffinity(0, sizeof(mask), &mask);
  int first = 0;
  while (!CPU_ISSET(first, &mask)) ++first;
  CPU_ZERO(&mask);
  CPU_SET(first, &mask);
  sched_setaffinity(0, sizeof(mask), &mask);
}

// The control groups that a test writes.
class CpuQuota : public RootFolder {
 protected:
  std::string Message() const {
    try {
      AllowedProcessors(root_);
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return "";
  }
};

TEST_F(CpuQuota, WithoutGroupsTheMaskCounts) {
  EXPECT_EQ(AllowedProcessors(root_), ProcessorsInMask());
}

TEST_F(CpuQuota, Version2IsAShareOfThePeriodAndTheTightestLevelBinds) {
  Write("proc/self/cgroup", "0::/batch/job");
  Write("sys/fs/cgroup/batch/job/cpu.max", "max 100000");
  EXPECT_EQ(AllowedProcessors(root_), ProcessorsInMask());
  Write("sys/fs/cgroup/batch/cpu.max", "75000 100000");
  EXPECT_EQ(AllowedProcessors(root_), 0.75);
  Write("sys/fs/cgroup/batch/job/cpu.max", "25000 50000");
  EXPECT_EQ(AllowedProcessors(root_), 0.5);
}

TEST_F(CpuQuota, Version1HasTwoFiles) {
  Write("proc/self/cgroup", "5:memory:/other\n4:cpu,cpuacct:/job");
  Write("sys/fs/cgroup/cpu/job/cpu.cfs_quota_us", "-1");
  Write("sys/fs/cgroup/cpu/job/cpu.cfs_period_us", "100000");
  EXPECT_EQ(AllowedProcessors(root_), ProcessorsInMask());
  Write("sys/fs/cgroup/cpu/job/cpu.cfs_quota_us", "50000");
  EXPECT_EQ(AllowedProcessors(root_), 0.5);
}

TEST_F(CpuQuota, ATeamIsHeldToIt) {
  Write("proc/self/cgroup", "0::/job");
  Write("sys/fs/cgroup/job/cpu.max", "100000 100000");
  const Team team = CountTeam(2, root_);
  EXPECT_EQ(team.threads, 2);
  EXPECT_EQ(team.processors, 1);
}

TEST_F(CpuQuota, GarbageIsAnErrorThatNamesTheFile) {
  Write("proc/self/cgroup", "0::/job");
  Write("sys/fs/cgroup/job/cpu.max", "lots 100000");
  EXPECT_NE(Message().find("job/cpu.max: not a number"), std::string::npos) << Message();
  Write("sys/fs/cgroup/job/cpu.max", "50000");
  EXPECT_NE(Message().find("job/cpu.max: not a number"), std::string::npos) << Message();
}

TEST(StartMask, ComesBack) {
  const int processors = ProcessorsInMask();
  NarrowMask();
  EXPECT_EQ(ProcessorsInMask(), 1);
  RestoreStartMask();
  EXPECT_EQ(ProcessorsInMask(), processors);
}

TEST(CountTeam, CountsThreadsThatRunAndTheirProcessors) {
  EXPECT_EQ(CountTeam(3).threads, 3);
  omp_set_max_active_levels(0);  // now every team is of one thread
  EXPECT_EQ(CountTeam(3).threads, 1);
  NarrowMask();
  EXPECT_EQ(CountTeam(3).processors, 1);
  RestoreStartMask();
  omp_set_max_active_levels(1);
}

TEST(HasFreeProcessors, SeesOthersThatAlwaysRun) {
  const int processors = ProcessorsInMask();
  std::atomic<bool> runs = true;
  std::vector<std::thread> others;
  // Three for each processor, so that one is on each whatever else runs.
  for (int i = 0; i < 3 * processors; ++i) {
    others.emplace_back([&] {
      while (runs) {
      }
    });
  }
  EXPECT_FALSE(HasFreeProcessors(processors));
  EXPECT_EQ(ProcessorsInMask(), processors);  // as it was
  EXPECT_TRUE(HasFreeProcessors(0));
  runs = false;
  for (std::thread& other : others) other.join();
}

}  // namespace
}  // namespace biasbench::machine
