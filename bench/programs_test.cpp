// The programs as users run them, on small shapes.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "bench/malloc_counter.h"
#include "bench/programs_fixture.h"
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
  EXPECT_NE(Output().find("tracked_peak_bytes="), std::string::npos);
  EXPECT_EQ(Output().find("manual_time"), std::string::npos);
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
  const double peak_flops = results["context"]["peak_flops_per_second"];
  const double peak_bytes = results["context"]["peak_bytes_per_second"];
  EXPECT_GT(peak_bytes, 1e8);
  for (const json& row : results["benchmarks"]) {
    EXPECT_GT(row["items_per_second"], 0);
    EXPECT_EQ(row["allocs_per_iter"], 0);  // steps make no buffers once the first is over
    EXPECT_EQ(row["max_bytes_used"], row["tracked_peak_bytes"]);
    // Fractions are of this run's own peaks (which may be low on a busy machine: no bound of 1).
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

TEST_F(Programs, ConvergenceTellsStrategiesApart) {
  ASSERT_EQ(Record("convergence", {"--hidden=1000", "--strategies=learned,none,sign_flipped",
                                   "--target_loss=0.1", "--curves=" + File("curves.csv")}),
            0)
      << Output() << Errors();
  const json rows = Results()["benchmarks"];
  EXPECT_EQ(rows[0]["status"], "ok");
  EXPECT_LT(rows[0]["train_loss"], 0.01);
  EXPECT_LT(rows[0]["epochs_to_target"], 60);
  EXPECT_EQ(rows[1]["status"], "ok");
  EXPECT_GE(rows[1]["train_loss"], 0.5 - 1e-6);
  EXPECT_FALSE(rows[1].contains("epochs_to_target"));
  EXPECT_EQ(rows[2]["status"], "diverged");
  EXPECT_EQ(rows[2]["diverged"], 1);
  // Header, then epochs 0 … 60 of two rows and 0 … n of the one that diverged in epoch n.
  const std::string curves = ReadFile(File("curves.csv"));
  EXPECT_EQ(curves.find("name,task,strategy,hidden,seed,epoch,train_loss,"), 0U);
  const std::string reason = rows[2]["reason"];
  const auto last = std::stoul(reason.substr(reason.rfind(' ')));
  EXPECT_EQ(LinesOf(curves), 1 + 2 * 61 + 1 + last);
}

TEST_F(Programs, StabilityFindsTheRateThatConvergenceSurvives) {
  ASSERT_EQ(Record("stability", {"--hidden=100", "--strategies=learned", "--epochs=5"}), 0)
      << Output() << Errors();
  const json row = Results()["benchmarks"][0];
  EXPECT_EQ(row["name"].get<std::string>().find("stability/harmonic3/learned/"), 0U);
  const double stable = row["largest_stable_rate"];
  const double unstable = row["smallest_unstable_rate"];
  EXPECT_GT(unstable, stable);
  EXPECT_LE(unstable, 1.1 * stable);
  EXPECT_LE(row["best_train_loss"], row["train_loss"]);
  for (const auto& [rate, is_stable] : {std::pair(stable, true), std::pair(unstable, false)}) {
    ASSERT_EQ(Record("convergence", {"--hidden=100", "--strategies=learned", "--epochs=5",
                                     "--learning_rate=" + json(rate).dump()}),
              0);
    const json trained = Results()["benchmarks"][0];
    EXPECT_EQ(trained["status"] == "ok" && trained["train_loss"] <= trained["initial_loss"],
              is_stable)
        << rate;
  }
}

// The digits' inputs have a mean, so weights can act as a bias; centred ones have none.
TEST_F(Programs, ConvergenceTellsHowFarWeightsActAsBiases) {
  const Arguments flags = {"--task=digits", "--hidden=100", "--strategies=fixed=1", "--epochs=1"};
  ASSERT_EQ(Record("convergence", flags), 0) << Errors();
  EXPECT_GT(Results()["benchmarks"][0]["imitation_ratio"], 0.2);
  Arguments centred = flags;
  centred.emplace_back("--center");
  ASSERT_EQ(Record("convergence", centred), 0) << Errors();
  EXPECT_LT(Results()["benchmarks"][0]["imitation_ratio"], 1e-4);
}

TEST_F(Programs, ConvergenceTellsHowFarTheHiddenLayerMoved) {
  ASSERT_EQ(Record("convergence", {"--task=digits", "--hidden=100", "--epochs=1",
                                   "--strategies=learned,fixed=1,none", "--test_samples=7"}),
            0)
      << Errors();
  const json rows = Results()["benchmarks"];
  for (const json& row : rows) EXPECT_GT(row["hidden_weight_movement"], 0.01);
  EXPECT_GT(rows[0]["hidden_bias_movement"], 0.01);
  EXPECT_EQ(rows[1]["hidden_bias_movement"], 0);
  EXPECT_FALSE(rows[2].contains("hidden_bias_movement"));
  // Of seven test samples.
  const double right = 7 * rows[0]["test_accuracy"].get<double>();
  EXPECT_NEAR(right, std::round(right), 1e-9);
}

TEST_F(Programs, LossesAreTheSameBitsForAnyNumberOfThreads) {
  ASSERT_EQ(Record("convergence", {"--task=digits", "--hidden=1000", "--epochs=2", "--samples=256",
                                   "--strategies=learned,shared", "--threads=1,2,3",
                                   "--schedules=recompute,textbook"}),
            0)
      << Output() << Errors();
  const json rows = Results()["benchmarks"];
  ASSERT_EQ(rows.size(), 12U);
  for (std::size_t i = 0; i < rows.size(); i += 3) {
    for (const char* key : {"initial_loss", "train_loss", "test_loss", "test_accuracy"}) {
      EXPECT_EQ(rows[i][key], rows[i + 1][key]) << rows[i]["name"] << key;
      EXPECT_EQ(rows[i][key], rows[i + 2][key]) << rows[i]["name"] << key;
    }
  }
}

TEST_F(Programs, LossesThatAreNotFiniteBecomeNull) {
  ASSERT_EQ(Record("convergence", {"--hidden=1000", "--strategies=learned", "--epochs=3",
                                   "--learning_rate=1e30", "--benchmark_format=json"}),
            0)
      << Errors();
  const json results = Results();
  const json& row = results["benchmarks"][0];
  EXPECT_EQ(row["status"], "diverged");
  EXPECT_TRUE(row["train_loss"].is_null());
  EXPECT_TRUE(json::accept(Output())) << Output();
}

TEST_F(Programs, ResumeRunsOnlyWhatIsMissing) {
  const Arguments flags = {"--hidden=1000", "--inputs=10", "--schedules=recompute", "--resume"};
  Arguments first = flags;
  first.emplace_back("--strategies=learned,none");
  ASSERT_EQ(Record("footprint", first), 0) << Errors();
  json before = Results();
  // A row that has failed is run again; one that is finished is not, whatever it says.
  before["benchmarks"][0]["real_time"] = 123456;
  before["benchmarks"][1]["status"] = "error";
  before["benchmarks"][1]["real_time"] = 123456;
  std::ofstream(File("out.json")) << before;
  Arguments second = flags;
  second.emplace_back("--strategies=learned,none,fixed=1");
  ASSERT_EQ(Record("footprint", second), 0) << Errors();
  const json after = Results();
  ASSERT_EQ(after["benchmarks"].size(), 3U);
  EXPECT_EQ(after["benchmarks"][0], before["benchmarks"][0]);
  EXPECT_EQ(after["benchmarks"][1]["strategy"], "none");
  EXPECT_EQ(after["benchmarks"][1]["status"], "ok");
  EXPECT_NE(after["benchmarks"][1]["real_time"], 123456);
  EXPECT_EQ(after["benchmarks"][2]["strategy"], "fixed=1");
  ASSERT_EQ(Record("footprint", second), 0);
  EXPECT_EQ(Results(), after);
}

TEST_F(Programs, ResumeRefusesAnotherProgramsFile) {
  ASSERT_EQ(Record("footprint", {"--hidden=10", "--inputs=3", "--strategies=none"}), 0);
  const std::string before = ReadFile(File("out.json"));
  EXPECT_EQ(Record("convergence", {"--hidden=10", "--resume"}), 2);
  EXPECT_EQ(ReadFile(File("out.json")), before);
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

TEST_F(Programs, WhatTheSystemRefusesIsAnErrorAndTheRunGoesOn) {
  if (!kCountsMalloc) GTEST_SKIP() << "sanitizers reserve terabytes of addresses";
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

// y = 1000 |x| over 128 points, and a column that says nothing.
std::string AbsoluteValues(double offset) {
  std::string text = "x,useless,y\n";
  for (int i = 0; i < 128; ++i) {
    const double x = (i + offset) / 16 - 4;
    text += std::to_string(x) + ",5," + std::to_string(1000 * std::abs(x)) + "\n";
  }
  return text;
}

TEST_F(Programs, ConvergenceTrainsOnTheReadersOwnFiles) {
  std::ofstream(File("my train.csv")) << AbsoluteValues(0);
  std::ofstream(File("test.csv")) << AbsoluteValues(0.5);
  ASSERT_EQ(Record("convergence",
                   {"--train=" + File("my train.csv"), "--test=" + File("test.csv"), "--target=y",
                    "--hidden=1000", "--threads=1", "--strategies=learned,none", "--epochs=200"}),
            0)
      << Output() << Errors();
  const json rows = Results()["benchmarks"];
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0]["name"].get<std::string>().find("convergence/own/learned/"), 0U);
  EXPECT_EQ(rows[0]["task"], "own");
  EXPECT_EQ(rows[0]["data_source"],
            File("my train.csv") + " (128 samples), " + File("test.csv") + " (128 samples)");
  EXPECT_EQ(rows[0]["inputs"], 2);
  EXPECT_EQ(rows[0]["dataset_bytes"], 4 * 4096);  // inputs and targets of both fit a page each
  EXPECT_LT(rows[0]["train_loss"], 0.01);
  EXPECT_LT(rows[0]["test_loss"], 0.01);
  EXPECT_GT(rows[1]["train_loss"], rows[0]["train_loss"]);  // its outputs' mean is not learned
  const std::string command = rows[0]["command"];
  EXPECT_NE(command.find("'--train=" + File("my train.csv") + "'"), std::string::npos) << command;
  // The command repeats the row, to the last bit.
  EXPECT_EQ(std::system((command + " --benchmark_out=" + File("again.json") + " >" +
                         File("stdout") + " 2>&1")
                            .c_str()),
            0);
  const json again = json::parse(ReadFile(File("again.json")))["benchmarks"];
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(again[0]["name"], rows[0]["name"]);
  EXPECT_EQ(again[0]["train_loss"], rows[0]["train_loss"]);
}

// Without the files' contents in the name, rows of other data would be kept.
TEST_F(Programs, ResumeNoticesOtherDataUnderTheSameName) {
  const Arguments flags = {"--train=" + File("a.csv"),
                           "--test=" + File("a.csv"),
                           "--hidden=100",
                           "--epochs=1",
                           "--strategies=none",
                           "--resume"};
  std::ofstream(File("a.csv")) << "1,0\n2,1\n";
  ASSERT_EQ(Record("convergence", flags), 0) << Errors();
  std::ofstream(File("a.csv")) << "1,1\n2,0\n";
  ASSERT_EQ(Record("convergence", flags), 0) << Errors();
  EXPECT_EQ(Results()["benchmarks"].size(), 2U);
}

TEST_F(Programs, BadOwnDataAreOneLineAndExitTwoBeforeAnyRow) {
  std::ofstream(File("good.csv")) << "1,0\n2,1\n";
  struct Case {
    std::string train;
    std::string test;
    std::string line;  // of the message, after the file's name
  };
  for (const Case& bad : std::vector<Case>{{"", "1,0\n", ": empty"},
                                           {"1,0\n2\n", "1,0\n", ":2: 1 fields"},
                                           {"1,0\n2,x\n", "1,0\n", ":2: field 2 is"},
                                           {"1,0\nnan,1\n", "1,0\n", ":2: field 1 is"},
                                           {"1,0\n2,1.5\n", "1,0\n", ":2: label 1.5"},
                                           {"1,0\n2,-1\n", "1,0\n", ":2: label -1"},
                                           {"1,1\n2,2\n", "1,1\n", ": labels up to 2"}}) {
    std::ofstream(File("train.csv")) << bad.train;
    std::ofstream(File("test.csv")) << bad.test;
    EXPECT_EQ(Record("convergence", {"--train=" + File("train.csv"), "--test=" + File("test.csv"),
                                     "--kind=classification", "--hidden=10"}),
              2)
        << bad.line;
    EXPECT_EQ(Errors().find("convergence: " + File("train.csv") + bad.line), 0U) << Errors();
    EXPECT_EQ(LinesOf(Errors()), 1U) << Errors();
    EXPECT_EQ(Output(), "");
    EXPECT_FALSE(fs::exists(File("out.json")));
  }
}

TEST_F(Programs, BadCommandLinesAreOneLineAndExitTwo) {
  for (const char* program : {"footprint", "throughput", "convergence"}) {
    for (const char* flag : {"--no_such_flag", "--hidden=0", "--benchmark_no_such_flag=1",
                             "--benchmark_out=/nonexistent/out.json", "--benchmark_filter=zzz"}) {
      EXPECT_EQ(Run(program, {"--hidden=10", flag}), 2) << program << flag;
      EXPECT_EQ(LinesOf(Errors()), 1U) << Errors();
      EXPECT_EQ(Output(), "");
    }
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

// The program's process for a row with 1,000 hidden nodes other than `previous`; 0 if there is
// none.
pid_t FindInstance(pid_t program, pid_t previous) {
  const std::string id = std::to_string(program);
  std::istringstream children(ReadFile("/proc/" + id + "/task/" + id + "/children"));
  for (pid_t child = 0; children >> child;) {
    const std::string command = ReadFile("/proc/" + std::to_string(child) + "/cmdline");
    if (child != previous && command.find("\"hidden\":1000,") != std::string::npos) return child;
  }
  return 0;
}

TEST_F(Programs, AKilledInstanceIsARowAndTheRunGoesOn) {
  const pid_t program =
      Start("convergence", {"--hidden=1000", "--strategies=learned,none", "--epochs=1e9",
                            "--benchmark_out=" + File("out.json")});
  pid_t instance = 0;
  for (const int signal : {SIGKILL, SIGTERM}) {
    const pid_t previous = instance;
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while ((instance = FindInstance(program, previous)) == 0 &&
           std::chrono::steady_clock::now() < deadline) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    if (instance == 0) {
      kill(program, SIGKILL);
      Wait(program);
      FAIL() << "no instance to kill";
    }
    kill(instance, signal);
  }
  EXPECT_EQ(Wait(program), 1);
  const json rows = Results()["benchmarks"];
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0]["status"], "killed");
  EXPECT_EQ(rows[0]["reason"], "the instance was killed by SIGKILL");
  EXPECT_EQ(rows[1]["status"], "killed");
  EXPECT_EQ(rows[1]["reason"], "the instance was killed by SIGTERM");
}

TEST_F(Programs, AnInstanceEndsWithTheProgram) {
  const pid_t program =
      Start("convergence", {"--hidden=1000", "--strategies=learned", "--epochs=1e9"});
  pid_t instance = 0;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while ((instance = FindInstance(program, 0)) == 0 &&
         std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  // Once it trains, it no longer looks at its input.
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  kill(program, SIGKILL);
  Wait(program);
  ASSERT_NE(instance, 0);
  const auto is_running = [&] {  // and not only waiting to be buried
    const std::string status = ReadFile("/proc/" + std::to_string(instance) + "/status");
    return !status.empty() && status.find("State:\tZ") == std::string::npos;
  };
  while (is_running() && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  EXPECT_FALSE(is_running());
  if (is_running()) kill(instance, SIGKILL);
}

}  // namespace
}  // namespace biasbench::bench
