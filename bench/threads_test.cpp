// Rows say which threads and processors they ran on, whatever the program is started in.
#include <gtest/gtest.h>
#include <sched.h>

#include <atomic>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "bench/program/programs_fixture.h"

namespace biasbench::bench {
namespace {

using nlohmann::json;

const Arguments kSmall = {"--hidden=1000", "--inputs=3", "--strategies=none",
                          "--schedules=recompute", "--benchmark_min_time=0.001"};

Arguments Small(const std::string& more) {
  Arguments arguments = kSmall;
  arguments.push_back(more);
  return arguments;
}

TEST_F(Programs, OpenMpsVariablesChangeNoRow) {
  ASSERT_EQ(Record("footprint", Small("--threads=2")), 0) << Errors();
  const json processors = Results()["benchmarks"][0]["processors_allowed"];
  ASSERT_EQ(Run("footprint", Small("--benchmark_list_tests")), 0);
  const std::string default_name = Output();
  for (const auto& [name, value] :
       {std::pair("OMP_PROC_BIND", "spread"), std::pair("OMP_PROC_BIND", "close"),
        std::pair("OMP_PLACES", "cores"), std::pair("OMP_PLACES", "{0}"),
        std::pair("OMP_DYNAMIC", "true"), std::pair("OMP_THREAD_LIMIT", "1"),
        std::pair("OMP_NUM_THREADS", "1"), std::pair("OMP_MAX_ACTIVE_LEVELS", "0")}) {
    SCOPED_TRACE(std::string(name) + "=" + value);
    setenv(name, value, 1);
    EXPECT_EQ(Record("footprint", Small("--threads=2")), 0) << Errors();
    const json row = Results()["benchmarks"][0];
    EXPECT_EQ(row["threads_ran"], 2);
    EXPECT_EQ(row["processors_allowed"], processors);
    EXPECT_EQ(Run("footprint", Small("--benchmark_list_tests")), 0);
    EXPECT_EQ(Output(), default_name);
    unsetenv(name);
  }
}

TEST_F(Programs, ThreadsThatShareAProcessorAreAnErrorWhereTimeIsMeasured) {
  cpu_set_t all;
  ASSERT_EQ(sched_getaffinity(0, sizeof(all), &all), 0);
  int first = 0;
  while (!CPU_ISSET(first, &all)) ++first;
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(first, &one);
  ASSERT_EQ(sched_setaffinity(0, sizeof(one), &one), 0);
  EXPECT_EQ(Record("throughput", Small("--threads=2")), 1);
  const json timed = Results()["benchmarks"][0];
  EXPECT_EQ(Record("footprint", Small("--threads=2")), 0) << Errors();
  const json untimed = Results()["benchmarks"][0];
  EXPECT_EQ(Run("throughput", Small("--benchmark_list_tests")), 0);
  const std::string default_name = Output();
  ASSERT_EQ(sched_setaffinity(0, sizeof(all), &all), 0);

  EXPECT_EQ(timed["status"], "error");
  EXPECT_EQ(timed["reason"],
            "threads: 2 cannot run side by side on 1 processor (affinity mask or CPU quota); "
            "choose fewer by --threads");
  for (const json& row : {timed, untimed}) {
    EXPECT_EQ(row["threads_ran"], 2);
    EXPECT_EQ(row["processors_allowed"], 1);
  }
  EXPECT_TRUE(default_name.ends_with("threads:1\n")) << default_name;
}

// Many more than there are processors: the same losses, and bytes that are as predicted (or the row
// would be an error).
TEST_F(Programs, SixtyFourThreadsLearnWhatOneDoes) {
  json rows[2];
  for (const bool many : {false, true}) {
    ASSERT_EQ(
        Record("convergence", {"--task=digits", "--hidden=5000", "--strategies=learned,shared",
                               "--schedules=streaming,recompute", "--epochs=1",
                               many ? "--threads=64" : "--threads=1"}),
        0)
        << Errors();
    rows[many ? 1 : 0] = Results()["benchmarks"];
  }
  ASSERT_EQ(rows[0].size(), 4U);
  ASSERT_EQ(rows[1].size(), 4U);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(rows[1][i]["threads_ran"], 64);
    for (const char* loss : {"train_loss", "running_train_loss", "test_loss"}) {
      EXPECT_EQ(rows[0][i][loss], rows[1][i][loss]) << loss << " of row " << i;
    }
  }
}

TEST_F(Programs, ThreadsSleepWhereProcessorsAreNotFree) {
  std::atomic<bool> runs = true;
  std::vector<std::thread> others;
  for (int i = 0; i < 3 * ProcessorsInMask(); ++i) {
    others.emplace_back([&] {
      while (runs) {
      }
    });
  }
  setenv("OMP_WAIT_POLICY", "active", 1);  // likewise is not asked
  EXPECT_EQ(Record("footprint", Small("--threads=2")), 0) << Errors();
  unsetenv("OMP_WAIT_POLICY");
  runs = false;
  for (std::thread& other : others) other.join();
  EXPECT_EQ(Results()["benchmarks"][0]["thread_wait"], "sleep");
}

}  // namespace
}  // namespace biasbench::bench
