// Repetitions of rows that take turns.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

#include "bench/program/programs_fixture.h"

namespace biasbench::bench {
namespace {

using nlohmann::json;

TEST_F(Programs, RowsTakeTurnsSideBySideAndStandInOrder) {
  const pid_t program =
      Start("throughput", {"--hidden=1000", "--inputs=3", "--strategies=none",
                           "--schedules=recompute,streaming", "--benchmark_min_time=0.001",
                           "--benchmark_repetitions=3", "--benchmark_out=" + File("out.json")});
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  std::size_t most = 0;
  while (most < 2 && std::chrono::steady_clock::now() < deadline) {
    most = std::max(most, RowProcesses(program).size());
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    if (ProcessFile(program, "stat").find(") Z ") != std::string::npos) break;  // it is over
  }
  EXPECT_EQ(most, 2U);
  EXPECT_EQ(Wait(program), 0) << Errors();
  const json rows = Results()["benchmarks"];
  ASSERT_EQ(rows.size(), 6U);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(rows[i]["schedule"], i < 3 ? "recompute" : "streaming");
    EXPECT_EQ(rows[i]["repetition_index"], i % 3);
    EXPECT_GT(rows[i]["peak_flops_per_second"], 0);
    EXPECT_GT(rows[i]["peak_bytes_per_second"], 0);
  }
}

}  // namespace
}  // namespace biasbench::bench
