// The footprint program, on small shapes; and what does not fit.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "bench/instance/malloc_counter.h"
#include "bench/program/programs_fixture.h"
#include "machine/sanitizer.h"
#include "memory/ledger.h"

namespace biasbench::bench {
namespace {

using nlohmann::json;

TEST_F(Programs, FootprintRecordsAgreeingFigures) {
  ASSERT_EQ(Record("footprint", {"--hidden=1000", "--inputs=100", "--threads=2",
                                 "--strategies=learned,none", "--schedules=textbook,recompute"}),
            0)
      << Output() << Errors();
  const json results = Results();
  for (const char* key : {"date", "caches", "schema_version", "program", "command", "git_sha",
                          "git_is_dirty", "compiler", "flags", "eigen_version", "threads"}) {
    EXPECT_TRUE(results["context"].contains(key)) << key;
  }
  ASSERT_EQ(results["benchmarks"].size(), 4U);
  const json& row = results["benchmarks"][0];
  EXPECT_EQ(row["name"],
            "footprint/learned/textbook/sgd/inputs:100/hidden:1000/outputs:10/batch:64/threads:2");
  EXPECT_EQ(row["run_name"], row["name"]);
  EXPECT_EQ(row["data_source"], "seeded noise");
  EXPECT_FALSE(row.contains("label"));
  for (const json& any : results["benchmarks"]) {
    EXPECT_EQ(any["status"], "ok");
    EXPECT_EQ(any["predicted_peak_bytes"], any["tracked_peak_bytes"]);
    EXPECT_TRUE(any["tracked_peak_bytes"].is_number_integer());
    // The phase that sets the peak is the last in which training comes to hold more.
    EXPECT_EQ(any["phases"][any["peak_phase"].get<std::string>()]["held_bytes"],
              any["tracked_peak_bytes"]);
    EXPECT_LT(any["phases"]["build"]["held_bytes"], any["tracked_peak_bytes"]);
    // Google Benchmark's own keys: nothing is freed, so all that was made is there.
    for (const char* key : {"max_bytes_used", "total_allocated_bytes", "net_heap_growth"}) {
      EXPECT_EQ(any[key], any["tracked_peak_bytes"]) << key;
    }
    EXPECT_GT(any["allocs_per_iter"], 8);
    std::int64_t sum = 0;
    for (const auto category : memory::kCategoryNames) {
      if (category != "dataset") sum += any[std::string(category) + "_bytes"].get<std::int64_t>();
    }
    EXPECT_EQ(any["tracked_peak_bytes"], sum);
    EXPECT_EQ(any.contains("peak_rss_bytes"), kCountsMalloc);
  }
  EXPECT_TRUE(Output().starts_with(
      "footprint  sgd  inputs:100  hidden:1000  outputs:10  batch:64  threads:2\n"
      "strategy  schedule       time        peak    resident   untracked      biases   of peak\n"
      "learned   textbook   "))
      << Output();
  EXPECT_EQ(LinesOf(Output()), 2U + 4U);
}

TEST_F(Programs, FootprintFreesWhatFrozenBiasesNeeded) {
  ASSERT_EQ(Record("footprint", {"--hidden=1000", "--inputs=8", "--strategies=warmup_then_frozen",
                                 "--schedules=textbook"}),
            0)
      << Output() << Errors();
  const json results = Results();
  const json& row = results["benchmarks"][0];
  EXPECT_LT(row["steady_bytes"], row["tracked_peak_bytes"]);
  EXPECT_EQ(row["net_heap_growth"], row["steady_bytes"]);
  EXPECT_EQ(row["max_bytes_used"], row["tracked_peak_bytes"]);
}

TEST_F(Programs, WhatDoesNotFitIsSkipped) {
  EXPECT_EQ(Record("footprint", {"--hidden=1e11", "--strategies=learned", "--schedules=recompute"}),
            2);
  const json results = Results();
  const json& row = results["benchmarks"][0];
  EXPECT_EQ(row["status"], "skipped");
  EXPECT_NE(row["reason"].get<std::string>().find("GiB available"), std::string::npos);
  EXPECT_NE(Errors().find("skipped: needs "), std::string::npos);
  // Something that fits makes the run a success.
  EXPECT_EQ(Record("footprint", {"--hidden=100,1e11", "--inputs=3", "--strategies=learned",
                                 "--schedules=recompute"}),
            0);
  // More bytes than can be counted.
  EXPECT_EQ(Run("footprint", {"--hidden=1e12", "--inputs=1e12", "--strategies=none"}), 2);
}

#if !BIASBENCH_SANITIZED  // which reserve terabytes of addresses
TEST_F(Programs, WhatTheSystemRefusesIsAnErrorAndTheRunGoesOn) {
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_AS, &before), 0);
  const rlimit limited{.rlim_cur = rlim_t{300} << 20, .rlim_max = before.rlim_max};
  setrlimit(RLIMIT_AS, &limited);  // the programs inherit it
  const int status = Record("footprint", {"--hidden=100000,1000", "--inputs=784", "--threads=1",
                                          "--strategies=none", "--schedules=recompute"});
  setrlimit(RLIMIT_AS, &before);
  EXPECT_EQ(status, 1) << Errors();
  const json rows = Results()["benchmarks"];
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0]["status"], "error");
  EXPECT_EQ(rows[0]["reason"], "out of memory: the system refused 313600000 bytes");
  EXPECT_EQ(rows[1]["status"], "ok");
}
#endif

}  // namespace
}  // namespace biasbench::bench
