// Runs that are interrupted, or an instance of theirs: what they leave behind, and going on from
// there.
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>

#include "bench/program/programs_fixture.h"

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

// Names do not tell everything.
TEST_F(Programs, ResumeRefusesRowsOfOtherSettingsAndLosesNothing) {
  const Arguments flags = {"--hidden=10", "--epochs=1", "--strategies=none", "--resume"};
  ASSERT_EQ(Record("convergence", flags), 0) << Errors();
  const std::string before = ReadFile(File("out.json"));
  Arguments others = flags;
  others.push_back("--target_loss=0.5");
  EXPECT_EQ(Record("convergence", others), 2);
  EXPECT_NE(Errors().find("has target_loss 0.0 there, 0.5 here"), std::string::npos) << Errors();
  EXPECT_EQ(ReadFile(File("out.json")), before);
}

// A file holds rows of one build.
TEST_F(Programs, ResumeRefusesRowsOfAnotherBuildAndLosesNothing) {
  const Arguments flags = {"--hidden=10", "--inputs=3", "--strategies=none", "--resume"};
  ASSERT_EQ(Record("footprint", flags), 0) << Errors();
  const json good = Results();
  const json& before = good["benchmarks"];
  const std::pair<const char*, json> others[] = {{"git_sha", "0123"},
                                                 {"git_is_dirty", "unknown"},
                                                 {"binary_sha256", std::string(64, '0')},
                                                 {"flags", "of another build"},
                                                 {"schema_version", 1}};
  for (const auto& [key, value] : others) {
    json other = good;
    other["context"][key] = value;
    std::ofstream(File("out.json")) << other;
    const std::string text = ReadFile(File("out.json"));
    EXPECT_EQ(Record("footprint", flags), 2) << key;
    EXPECT_EQ(ReadFile(File("out.json")), text) << key;
    EXPECT_EQ(LinesOf(Errors()), 1U) << Errors();
    EXPECT_NE(Errors().find(std::string(key) + " is "), std::string::npos) << Errors();
    EXPECT_NE(Errors().find("rows of another build"), std::string::npos) << Errors();
  }
  std::ofstream(File("out.json")) << good;
  EXPECT_EQ(Record("footprint", flags), 0) << Errors();
  EXPECT_EQ(Results()["benchmarks"], before);
}

// The commit stands beside the program: a copy without it, or another program in its place, does
// not claim one.
TEST_F(Programs, AProgramThatItsFactsAreNotAboutClaimsNoCommit) {
  const fs::path program = fs::path(BENCH_FOLDER) / "footprint";
  const fs::path copy = File("footprint");
  const fs::path link_facts = copy.string() + ".build.json";
  fs::copy_file(program, copy);
  const auto commit = [&] {
    EXPECT_EQ(Wait(Start(copy, {"--hidden=10", "--inputs=3", "--strategies=none",
                                "--benchmark_out=" + File("out.json")})),
              0);
    return Results()["context"]["git_sha"];
  };
  EXPECT_EQ(commit(), nullptr);
  EXPECT_NE(Errors().find("no facts of its build lie beside this program"), std::string::npos);
  fs::copy_file(program.string() + ".build.json", link_facts);
  const json link = json::parse(ReadFile(link_facts));
  const auto write_facts = [&](const json& sources) {
    std::ofstream(File("build_facts.json"))
        << json{{"git_sha", "abc"}, {"git_is_dirty", false}, {"sources_sha256", sources}};
  };
  write_facts(link["sources_sha256"]);
  EXPECT_EQ(commit(), "abc");
  EXPECT_EQ(Results()["context"]["binary_sha256"], link["binary_sha256"]);
  write_facts("of other sources");
  EXPECT_EQ(commit(), nullptr);
  EXPECT_NE(Errors().find("the sources have changed since"), std::string::npos) << Errors();
  write_facts(link["sources_sha256"]);
  std::ofstream(copy, std::ios::app) << "another program";
  EXPECT_EQ(commit(), nullptr);
  EXPECT_NE(Errors().find("not the one that the facts beside it are about"), std::string::npos);
}

// Without the files' contents in the name, rows of other data would be kept.
// Lines of two lengths in one file would be no CSV.
TEST_F(Programs, ResumeRefusesCurvesWithOtherColumns) {
  const Arguments flags = {"--hidden=10", "--epochs=1", "--strategies=none,learned", "--resume",
                           "--curves=" + File("curves.csv")};
  ASSERT_EQ(Record("convergence", {flags[0], flags[1], "--strategies=none", flags[4]}), 0);
  const std::string curves = ReadFile(File("curves.csv"));
  std::ofstream(File("curves.csv")) << "name,epoch,train_loss\n";
  const std::string rows = ReadFile(File("out.json"));
  EXPECT_EQ(Record("convergence", flags), 2);
  EXPECT_NE(Errors().find(File("curves.csv") + ": not curves of this version"), std::string::npos);
  EXPECT_EQ(ReadFile(File("curves.csv")), "name,epoch,train_loss\n");
  EXPECT_EQ(ReadFile(File("out.json")), rows);
  // The old contents stay, to the byte.
  std::ofstream(File("curves.csv")) << curves;
  ASSERT_EQ(Record("convergence", flags), 0) << Errors();
  EXPECT_EQ(ReadFile(File("curves.csv")).find(curves), 0U);
  EXPECT_EQ(LinesOf(ReadFile(File("curves.csv"))), 1U + 2 * 2);
}

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

// The program's process for a row other than `previous`; 0 if there is none.
pid_t FindInstance(pid_t program, pid_t previous) {
  for (const pid_t process : RowProcesses(program)) {
    if (process != previous) return process;
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
    const std::string status = ProcessFile(instance, "status");
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
