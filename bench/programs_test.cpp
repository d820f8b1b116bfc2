// What all programs share as users run them, and throughput on small shapes.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
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
  ASSERT_EQ(Run("tile_phases",
                {"--inputs=20", "--hidden=1000", "--batch=3", "--threads=1", "--seconds=0.01"}),
            0)
      << Errors();
  std::istringstream lines(Output());
  std::vector<std::vector<double>> table;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream columns(line.substr(std::min<std::size_t>(34, line.size())));
    std::vector<double> row;
    for (double value = 0; columns >> value;) row.push_back(value);
    if (row.size() == 5) table.push_back(row);
  }
  ASSERT_EQ(table.size(), 7U) << Output();  // five phases, the step, and its share of the peak
  for (std::size_t column = 0; column < 5; ++column) {
    double sum = 0;
    for (std::size_t phase = 0; phase < 5; ++phase) sum += table[phase][column];
    EXPECT_NEAR(sum, table[5][column], 0.5) << Output();
    EXPECT_GT(table[5][column], 0) << Output();
  }
  EXPECT_EQ(Run("tile_phases", {"--seconds=1e30"}), 2);
  EXPECT_EQ(Errors(),
            "tile_phases: --seconds: '1e30' is not a number of seconds above 0, up to 86400\n");
  EXPECT_EQ(Run("tile_phases", {"--threads=2", "--hidden=10"}), 2);
  EXPECT_NE(Errors().find("--threads"), std::string::npos) << Errors();
}

TEST_F(Programs, BadCommandLinesAreOneLineAndExitTwo) {
  for (const char* program : {"footprint", "throughput", "convergence", "stability"}) {
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

TEST_F(Programs, FilesNeverReplaceStreams) {
  const std::string program = std::string(BENCH_FOLDER) + "/convergence --hidden=10 --epochs=1 ";
  for (const std::string flag : {"--benchmark_out=/dev/stdout", "--benchmark_out=/dev/stderr",
                                 "--benchmark_out=/proc/self/fd/1", "--curves=/dev/stdout"}) {
    std::ofstream(File("keep.log")) << "kept\n";
    const std::string command = program + flag + " >> " + File("keep.log") + " 2>&1";
    EXPECT_EQ(WEXITSTATUS(std::system(command.c_str())), 2) << flag;
    const std::string log = ReadFile(File("keep.log"));
    EXPECT_TRUE(log.starts_with("kept\nconvergence: /")) << flag << log;
    EXPECT_EQ(LinesOf(log), 2U) << log;
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
