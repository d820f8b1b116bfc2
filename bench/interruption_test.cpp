// Runs that are interrupted: what they leave behind, and going on from there.
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>

#include "bench/programs_fixture.h"

namespace biasbench::bench {
namespace {

using nlohmann::json;

// Every key but what a clock or the kernel says.
json WithoutTimings(json results) {
  json rows = results["benchmarks"];
  for (json& row : rows) {
    for (const char* key : {"real_time", "cpu_time", "train_seconds", "peak_rss_bytes", "command",
                            "family_index", "untracked_bytes"}) {
      row.erase(key);
    }
  }
  return rows;
}

TEST_F(Programs, AnInterruptedRunResumedEqualsAnUninterruptedOne) {
  const Arguments flags = {"--hidden=100", "--strategies=learned,none,fixed=1", "--epochs=200",
                           "--threads=1"};
  ASSERT_EQ(Record("convergence", flags), 0) << Errors();
  const json whole = Results();
  fs::remove(File("out.json"));
  Arguments resumed = flags;
  resumed.emplace_back("--resume");
  resumed.push_back("--benchmark_out=" + File("out.json"));
  for (const std::size_t rows : {1U, 2U}) {  // killed after so many
    const pid_t program = Start("convergence", resumed);
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    const auto is_far_enough = [&] {
      return fs::exists(File("out.json")) && Results()["benchmarks"].size() >= rows;
    };
    while (!is_far_enough() && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    kill(program, SIGKILL);
    Wait(program);
    ASSERT_TRUE(is_far_enough());
  }
  ASSERT_EQ(Run("convergence", resumed), 0) << Errors();
  EXPECT_EQ(WithoutTimings(Results()), WithoutTimings(whole));
}

TEST_F(Programs, WhateverTheMomentOfAKillTheFileIsWhole) {
  const Arguments flags = {"--hidden=100", "--strategies=learned,none,fixed=1", "--epochs=1",
                           "--threads=1", "--benchmark_out=" + File("out.json")};
  ASSERT_EQ(Run("convergence", flags), 0) << Errors();
  for (int moment = 0; moment < 6; ++moment) {
    const pid_t program = Start("convergence", flags);
    std::this_thread::sleep_for(std::chrono::milliseconds(37 * moment));
    kill(program, SIGKILL);
    Wait(program);
    const json results = Results();  // throws unless it parses
    EXPECT_TRUE(results.contains("context"));
    EXPECT_LE(results["benchmarks"].size(), 3U);
  }
}

}  // namespace
}  // namespace biasbench::bench
