// What all programs share as users run them, and throughput on small shapes.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "bench/programs_fixture.h"

namespace biasbench::bench {
namespace {

using nlohmann::json;

TEST_F(Programs, ThroughputKeepsRepetitionsAndFractions) {
  ASSERT_EQ(
      Record("throughput", {"--hidden=1000", "--inputs=100", "--strategies=none",
                            "--schedules=streaming", "--benchmark_min_time=0.01",
                            "--benchmark_repetitions=2", "--benchmark_report_aggregates_only"}),
      0)
      << Output() << Errors();
  const json results = Results();
  ASSERT_EQ(results["benchmarks"].size(), 2U);
  EXPECT_EQ(results["benchmarks"][1]["repetition_index"], 1);
  EXPECT_GT(results["context"]["peak_bytes_per_second"], 1e8);
  for (const json& row : results["benchmarks"]) {
    EXPECT_GT(row["items_per_second"], 0);
    EXPECT_EQ(row["allocs_per_iter"], 0);  // steps make no buffers once the first is over
    EXPECT_EQ(row["max_bytes_used"], row["tracked_peak_bytes"]);
    // Fractions are of the row's own peaks (which may be low on a busy machine: no bound of 1).
    const double peak_flops = row["peak_flops_per_second"];
    const double peak_bytes = row["peak_bytes_per_second"];
    const double seconds = row["real_time"].get<double>() / 1e3;
    const double compulsory_bytes = 2 * row["parameter_bytes"].get<double>();
    const double fraction = std::max(row["useful_flops_per_second"].get<double>() / peak_flops,
                                     compulsory_bytes / seconds / peak_bytes);
    EXPECT_NEAR(row["roofline_fraction"].get<double>() / fraction, 1, 1e-6);
    EXPECT_NEAR(
        row["bytes_per_second"].get<double>() / peak_bytes / row["bus_fraction"].get<double>(), 1,
        1e-6);
    // Samples per second and the time of a step say the same.
    EXPECT_NEAR(row["items_per_second"].get<double>() * row["real_time"].get<double>() / 1e3, 64,
                1e-6);
  }
}

TEST_F(Programs, TilePhasesAddUpToTheStep) {
  for (const std::string threads : {"1", "2"}) {
    ASSERT_EQ(Record("tile_phases", {"--inputs=20", "--hidden=1000", "--batch=3",
                                     "--threads=" + threads, "--seconds=0.01"}),
              std::stoi(threads) <= ProcessorsInMask() ? 0 : 1)
        << Errors();
    if (std::stoi(threads) > ProcessorsInMask()) continue;
    const json results = Results();
    EXPECT_EQ(results["context"]["program"], "tile_phases");
    const json& rows = results["benchmarks"];
    ASSERT_EQ(rows.size(), 12U);  // five phases and the step, from the cache and from memory
    for (std::size_t weights : {0U, 6U}) {
      for (const char* key : {"real_time", "quiet_ns", "peak_ns"}) {
        double sum = 0;
        for (std::size_t phase = 0; phase < 5; ++phase) {
          sum += rows[weights + phase][key].get<double>();
        }
        const double step = rows[weights + 5][key];
        EXPECT_GT(step, 0);
        EXPECT_NEAR(sum / step, 1, 1e-6) << key;
      }
      EXPECT_EQ(rows[weights]["threads_ran"], std::stoi(threads));
    }
  }
}

TEST_F(Programs, TilePhasesRepeatsFiltersAndRefuses) {
  const Arguments small = {"--inputs=20", "--hidden=1000", "--batch=3", "--threads=1",
                           "--seconds=0.01"};
  const auto with = [&](Arguments more) {
    more.insert(more.begin(), small.begin(), small.end());
    return more;
  };
  ASSERT_EQ(Record("tile_phases",
                   with({"--benchmark_filter=/cache/deltas/", "--benchmark_repetitions=3"})),
            0)
      << Errors();
  const json rows = Results()["benchmarks"];
  ASSERT_GT(rows.size(), 3U);
  EXPECT_NE(rows[0]["real_time"], rows[1]["real_time"]);  // each was timed
  EXPECT_EQ(Run("tile_phases", with({"--benchmark_filter=zzz"})), 2);
  EXPECT_EQ(Errors(), "tile_phases: --benchmark_filter: no row's name matches\n");
  EXPECT_EQ(Run("tile_phases", {"--seconds=1e30"}), 2);
  EXPECT_EQ(Errors(),
            "tile_phases: --seconds: '1e30' is not a number of seconds above 0, up to 86400\n");
  EXPECT_EQ(Run("tile_phases", {"--threads=2", "--hidden=10"}), 2);
  EXPECT_NE(Errors().find("--threads"), std::string::npos) << Errors();
  EXPECT_EQ(Run("tile_phases", {"--hidden=1e9"}), 2);
  EXPECT_NE(Errors().find("GiB available"), std::string::npos) << Errors();
}

TEST_F(Programs, BadCommandLinesAreOneLineAndExitTwo) {
  for (const char* program :
       {"footprint", "throughput", "convergence", "stability", "tile_phases"}) {
    for (const char* flag :
         {"--no_such_flag", "--threads=0", "--strategies=\n", "--benchmark_no_such_flag=1",
          "--benchmark_repetitions=abc", "--benchmark_min_time=x", "--benchmark_format=foo",
          "--benchmark_out=/nonexistent/out.json", "--benchmark_out=/dev/full",
          "--benchmark_filter=zzz"}) {
      EXPECT_EQ(Run(program, {"--hidden=10", flag}), 2) << program << flag;
      EXPECT_EQ(LinesOf(Errors()), 1U) << Errors();
      EXPECT_EQ(Output(), "");
    }
  }
}

TEST_F(Programs, OutputThatIsLostIsAnError) {
  for (const char* program : {"footprint", "tile_phases"}) {
    EXPECT_EQ(Wait(Start(program, {"--help"}, "/dev/full")), 2);
    EXPECT_EQ(Errors(), std::string(program) + ": standard output: cannot write all of it\n");
  }
}

TEST_F(Programs, ListsAndHelpAreAnswered) {
  for (const char* program : {"footprint", "throughput", "convergence"}) {
    ASSERT_EQ(Run(program, {"--list"}), 0);
    for (const char* name : {"learned", "bias_only_hashed", "textbook", "adam", "harmonic3"}) {
      EXPECT_NE(Output().find(name), std::string::npos) << name;
    }
    ASSERT_EQ(Run(program, {"--help"}), 0);
    EXPECT_NE(Output().find("--strategies"), std::string::npos);
    EXPECT_NE(Output().find("--benchmark_filter"), std::string::npos);
  }
}

TEST_F(Programs, FilterAndListingUseCanonicalNames) {
  ASSERT_EQ(Run("footprint", {"--hidden=10", "--inputs=3", "--threads=2", "--schedules=recompute",
                              "--benchmark_list_tests", "--benchmark_filter=/none/.*threads:2$"}),
            0);
  EXPECT_EQ(Output(),
            "footprint/none/recompute/sgd/inputs:3/hidden:10/outputs:10/batch:64/threads:2\n");
}

}  // namespace
}  // namespace biasbench::bench
