// Programs where the kernel does not let the resident peak be reset. REFUSE_CLEAR_REFS, a macro, is
// a library that refuses in its place.
#include <gtest/gtest.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>

#include "bench/program/programs_fixture.h"
#include "machine/sanitizer.h"

#if !BIASBENCH_SANITIZED

namespace biasbench::bench {
namespace {

class WithoutClearRefs : public Programs {
 protected:
  void SetUp() override { setenv("LD_PRELOAD", REFUSE_CLEAR_REFS, 1); }
  void TearDown() override { unsetenv("LD_PRELOAD"); }
};

TEST_F(WithoutClearRefs, ProgramsRunThatDoNotNeedTheResidentPeak) {
  for (const char* program : {"convergence", "throughput", "stability"}) {
    Arguments arguments = {"--hidden=10", "--strategies=none", "--schedules=recompute",
                           "--benchmark_min_time=0.01"};
    if (program != std::string("throughput")) arguments.emplace_back("--epochs=1");
    ASSERT_EQ(Record(program, arguments), 0) << program << Output() << Errors();
    EXPECT_NE(Errors().find("peak_rss_bytes is not measured: /proc/self/clear_refs"),
              std::string::npos)
        << Errors();
    const nlohmann::json results = Results();
    ASSERT_EQ(results["benchmarks"].size(), 1U);
    const nlohmann::json& row = results["benchmarks"][0];
    EXPECT_EQ(row["status"], "ok");
    EXPECT_TRUE(row.at("peak_rss_bytes").is_null()) << row;
    EXPECT_NE(row["peak_rss_note"].get<std::string>().find("clear_refs"), std::string::npos);
    EXPECT_GT(row["tracked_peak_bytes"], 0);
  }
}

TEST_F(WithoutClearRefs, FootprintRefuses) {
  EXPECT_EQ(Record("footprint", {"--hidden=10", "--strategies=none"}), 1);
  EXPECT_EQ(Errors(),
            "footprint: /proc/self/clear_refs: the kernel refused to reset the resident peak\n");
}

}  // namespace
}  // namespace biasbench::bench

#endif
