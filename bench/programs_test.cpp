// The programs as users run them: what all share, and throughput on small shapes.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "bench/program/programs_fixture.h"

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
  const json& roofline = results["context"]["rooflines"][0];
  for (const char* key : {"peak_flops_per_second", "peak_bfloat16_flops_per_second"}) {
    EXPECT_EQ(results["context"][key], roofline[key]);
  }
  for (const json& row : results["benchmarks"]) {
    EXPECT_GT(row["items_per_second"], 0);
    EXPECT_EQ(row["allocs_per_iter"], 0);  // steps make no buffers once the first is over
    EXPECT_EQ(row["max_bytes_used"], row["tracked_peak_bytes"]);
    // Of the row's own peaks (which may be low on a busy machine: no bound of 1). Its half a
    // mebibyte stays in any processor's caches: no bus.
    const double fraction =
        row["useful_flops_per_second"].get<double>() / row["peak_flops_per_second"].get<double>();
    EXPECT_NEAR(row["peak_flops_fraction"].get<double>() / fraction, 1, 1e-6);
    EXPECT_EQ(row["roofline_fraction"], row["peak_flops_fraction"]);
    EXPECT_TRUE(row["bus_fraction"].is_null());
    EXPECT_GT(row["peak_bytes_per_second"], 1e8);
    EXPECT_TRUE(row.contains("peak_bfloat16_flops_per_second"));
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
                   with({"--benchmark_filter=/cache/deltas/", "--benchmark_repetitions=9"})),
            0)
      << Errors();
  const json rows = Results()["benchmarks"];
  ASSERT_GT(rows.size(), 9U);
  // Each was timed. Medians may be equal, being whole nanoseconds, but not the processor's times.
  std::set<double> times;
  for (std::size_t i = 0; i < 9; ++i) times.insert(rows[i]["cpu_time"].get<double>());
  EXPECT_GT(times.size(), 1U);
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
          "--benchmark_out_format=csv", "--benchmark_dry_run=maybe", "--benchmark_min_time=-1",
          "--benchmark_perf_counters=CYCLES", "--benchmark_context=a=1,a=2",
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

// Those of the rows shown: the parent, which Google Benchmark watches, trains nothing.
TEST_F(Programs, MeansAreOfTheRowsShown) {
  const std::vector<Arguments> runs = {
      {"footprint", "--inputs=100", "--schedules=recompute"},
      {"throughput", "--inputs=100", "--schedules=recompute", "--benchmark_min_time=0.02"},
      {"convergence", "--epochs=2"},
      {"stability", "--epochs=2"}};
  for (const Arguments& run : runs) {
    Arguments flags(run.begin() + 1, run.end());
    flags.insert(flags.end(), {"--hidden=300", "--strategies=learned", "--threads=1",
                               "--benchmark_repetitions=3", "--benchmark_format=json"});
    ASSERT_EQ(Run(run[0], flags), 0) << Errors();
    const json rows = json::parse(Output())["benchmarks"];
    ASSERT_EQ(rows.size(), 7U) << Output();
    for (const char* key : {"real_time", "cpu_time"}) {
      std::vector<double> values;
      for (std::size_t i = 0; i < 3; ++i) values.push_back(rows[i][key]);
      std::ranges::sort(values);
      const double mean = (values[0] + values[1] + values[2]) / 3;
      double squares = 0;
      for (const double value : values) squares += (value - mean) * (value - mean);
      const double deviation = std::sqrt(squares / 2);
      const std::pair<const char*, double> expected[] = {
          {"mean", mean}, {"median", values[1]}, {"stddev", deviation}, {"cv", deviation / mean}};
      for (std::size_t i = 0; i < 4; ++i) {
        const json& row = rows[3 + i];
        ASSERT_EQ(row["aggregate_name"], expected[i].first);
        EXPECT_NEAR(row[key], expected[i].second, 1e-6 * mean) << run[0] << " " << row;
        EXPECT_FALSE(row.contains("cpu_seconds_per_iteration"));
      }
    }
    // One thread uses no more than the time that passes meanwhile, but for what clocks round.
    const double cpu_time = rows[0]["cpu_time"];
    EXPECT_LE(cpu_time, 1.01 * rows[0]["real_time"].get<double>() + 0.1) << run[0];
    EXPECT_GT(cpu_time, 0) << run[0];
  }
}

TEST_F(Programs, StandardOutputHoldsTheDocumentOfTheFile) {
  ASSERT_EQ(Record("footprint", {"--hidden=100", "--inputs=3", "--schedules=recompute",
                                 "--strategies=learned,none", "--benchmark_repetitions=2",
                                 "--benchmark_format=json"}),
            0)
      << Errors();
  json shown = json::parse(Output());
  const json file = Results();
  EXPECT_EQ(shown["context"], file["context"]);
  std::erase_if(shown["benchmarks"].get_ref<json::array_t&>(),
                [](const json& row) { return row["run_type"] == "aggregate"; });
  EXPECT_EQ(shown["benchmarks"], file["benchmarks"]);
  EXPECT_EQ(file["benchmarks"].size(), 4U);
  EXPECT_TRUE(file["benchmarks"][0].contains("predicted_peak_bytes"));
}

// Google Benchmark would abort: rows have accuracies on one task, none on the other, and none that
// fits has counters.
TEST_F(Programs, CsvHasTheColumnsOfAllRows) {
  ASSERT_EQ(Run("convergence",
                {"--hidden=20,1e12", "--epochs=1", "--task=harmonic3,digits", "--strategies=none",
                 "--schedules=recompute", "--threads=1", "--benchmark_format=csv"}),
            0)
      << Errors();
  std::istringstream lines(Output());
  std::vector<std::string> rows;
  for (std::string line; std::getline(lines, line);) rows.push_back(line);
  ASSERT_EQ(rows.size(), 5U) << Output();
  EXPECT_NE(rows[0].find("\"test_accuracy\""), std::string::npos) << rows[0];
  for (const std::string& row : rows) {
    if (row.find("skipped") != std::string::npos) continue;
    EXPECT_EQ(std::ranges::count(row, ','), std::ranges::count(rows[0], ',')) << row;
  }
}

TEST_F(Programs, NoWarningThatIsNone) {
  ASSERT_EQ(Record("footprint", {"--hidden=10", "--inputs=3", "--strategies=none"}), 0);
  EXPECT_EQ(Errors().find("DEBUG"), std::string::npos) << Errors();
  EXPECT_NE(Errors().find("Run on ("), std::string::npos) << Errors();
  EXPECT_NE(Results()["context"]["library_build_type_note"].get<std::string>().find("Debian"),
            std::string::npos);
}

// Flags that the installed version has are passed on; others give a one-line error.
TEST_F(Programs, NewFlagsOfGoogleBenchmarkWorkWhereItHasThem) {
  const bool has_them = BIASBENCH_GOOGLE_BENCHMARK_NUMBER >= 1009;
  const Arguments flags = {"--hidden=10", "--inputs=3", "--strategies=none",
                           "--schedules=recompute", "--threads=1"};
  for (const char* flag : {"--benchmark_dry_run", "--benchmark_min_time=2x"}) {
    Arguments all = flags;
    all.emplace_back(flag);
    EXPECT_EQ(Record("throughput", all), has_them ? 0 : 2) << flag << Errors();
    if (has_them) {
      EXPECT_EQ(Results()["benchmarks"][0]["iterations"], flag[12] == 'd' ? 1 : 2);
    } else {
      EXPECT_EQ(LinesOf(Errors()), 1U) << Errors();
    }
  }
  Arguments seconds = flags;
  seconds.emplace_back("--benchmark_min_time=0.01s");
  EXPECT_EQ(Record("throughput", seconds), 0) << Errors();
}

TEST_F(Programs, TheContextTakesNoKeyOfTheProgram) {
  for (const char* key : {"git_sha", "date", "executable", "host_name"}) {
    const std::string flag = "--benchmark_context=mine=1," + std::string(key) + "=x";
    EXPECT_EQ(Record("footprint", {"--hidden=10", flag}), 2);
    EXPECT_NE(Errors().find(std::string("'") + key + "'"), std::string::npos) << Errors();
  }
  ASSERT_EQ(Record("footprint", {"--hidden=10", "--inputs=3", "--strategies=none",
                                 "--benchmark_context=mine=1"}),
            0);
  EXPECT_EQ(Results()["context"]["mine"], "1");
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

TEST_F(Programs, OnlyATerminalGetsColors) {
  ASSERT_EQ(Run("footprint", {"--hidden=10", "--inputs=3", "--strategies=none", "--threads=1"}), 0);
  EXPECT_NE(Output(), "");
  EXPECT_EQ(Output().find('\x1b'), std::string::npos) << Output();
  EXPECT_EQ(Errors().find('\x1b'), std::string::npos) << Errors();
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
