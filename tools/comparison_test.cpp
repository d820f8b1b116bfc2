#include "comparison.h"

#include <gtest/gtest.h>
#include <stdio.h>
#include <sys/wait.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <stdexcept>
#include <string>

#include "comparison_report.h"
#include "record/result_file.h"

namespace biasbench::tools {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* kFootprint = "footprint/learned/in_place/sgd/hidden:1000000";
constexpr const char* kThroughput = "throughput/learned/in_place/sgd/hidden:1000000";
constexpr const char* kConvergence = "convergence/digits/learned/in_place/sgd";

// Two result folders, A and B, that tests fill and compare.
class Compared : public testing::Test {
 protected:
  void SetUp() override {
    root_ =
        fs::path(testing::TempDir()) /
        ("compared_" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    fs::remove_all(root_);
    fs::create_directories(root_ / "a");
    fs::create_directories(root_ / "b");
  }
  void TearDown() override { fs::remove_all(root_); }

  static json Row(const std::string& name, json keys) {
    keys["name"] = name;
    keys["run_type"] = "iteration";
    return keys;
  }
  static json File(const json& rows) {
    return {{"context",
             {{"host_name", "here"}, {"num_cpus", 2}, {"flags", "-O3"}, {"schema_version", 1}}},
            {"benchmarks", rows}};
  }
  static json Footprint(json keys) { return File(json::array({Row(kFootprint, std::move(keys))})); }
  // One repetition for each time.
  static json Throughput(const std::vector<double>& milliseconds) {
    json rows = json::array();
    for (const double time : milliseconds) {
      rows.push_back(Row(kThroughput, {{"real_time", time}, {"time_unit", "ms"}}));
    }
    return File(rows);
  }
  // One row for each seed from 1 on.
  static json Convergence(const std::string& key, const std::vector<double>& values) {
    json rows = json::array();
    for (const double value : values) {
      const std::string name = kConvergence + ("/seed:" + std::to_string(rows.size() + 1));
      rows.push_back(Row(name + "/real_time", {{key, value}}));
    }
    return File(rows);
  }

  void Put(const std::string& file, const json& content) const {
    std::ofstream(root_ / file) << content.dump();
  }
  Comparison CompareFolders(const ComparisonOptions& options = {}) const {
    return Compare(LoadComparable(root_ / "a"), LoadComparable(root_ / "b"), options);
  }
  Comparison CompareFiles(const json& a, const json& b, const ComparisonOptions& options = {}) {
    Put("a.json", a);
    Put("b.json", b);
    return Compare(LoadComparable(root_ / "a.json"), LoadComparable(root_ / "b.json"), options);
  }
  static const ComparedRow& RowOf(const Comparison& comparison, const std::string& metric) {
    const auto found = std::ranges::find(comparison.rows, metric, &ComparedRow::metric);
    if (found == comparison.rows.end()) throw std::runtime_error("there is no row of " + metric);
    return *found;
  }
  Verdict VerdictOn(const json& a, const json& b, const std::string& metric) {
    return RowOf(CompareFiles(a, b), metric).verdict;
  }
  Verdict VerdictOnBytes(const std::string& key, double a, double b) {
    return VerdictOn(Footprint({{key, a}}), Footprint({{key, b}}), key);
  }
  Verdict VerdictOnTimes(const std::vector<double>& a, const std::vector<double>& b) {
    return VerdictOn(Throughput(a), Throughput(b), "real_time");
  }
  Verdict VerdictOnSeeds(const std::string& key, const std::vector<double>& a,
                         const std::vector<double>& b) {
    return VerdictOn(Convergence(key, a), Convergence(key, b), key);
  }

  fs::path root_;
};

std::vector<double> Times(double first, int count) {
  std::vector<double> times;
  times.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) times.push_back(first + 0.01 * i);
  return times;
}

TEST_F(Compared, OneByteMoreIsARegressionOneLessAnImprovement) {
  for (const char* key : {"predicted_peak_bytes", "tracked_peak_bytes", "steady_bytes",
                          "bias_bytes", "hidden_weights_bytes", "padding_bytes"}) {
    EXPECT_EQ(VerdictOnBytes(key, 3'180'000'000, 3'180'000'001), Verdict::kRegressed) << key;
    EXPECT_EQ(VerdictOnBytes(key, 3'180'000'000, 3'179'999'999), Verdict::kImproved) << key;
    EXPECT_EQ(VerdictOnBytes(key, 3'180'000'000, 3'180'000'000), Verdict::kSame) << key;
  }
}

TEST_F(Compared, GrowthFromZeroIsARegressionWithoutARatio) {
  const Comparison comparison =
      CompareFiles(Footprint({{"bias_bytes", 0}}), Footprint({{"bias_bytes", 4}}));
  const ComparedRow& row = RowOf(comparison, "bias_bytes");
  EXPECT_EQ(row.verdict, Verdict::kRegressed);
  EXPECT_EQ(row.ratio, std::nullopt);
  EXPECT_NE(ConsoleReport(comparison, {}).find("+4 (from 0)"), std::string::npos);
}

TEST_F(Compared, MeasuredBytesHaveATolerance) {
  constexpr double kKiB = 1024;
  EXPECT_EQ(VerdictOnBytes("peak_rss_bytes", 1e9, 1.0199e9), Verdict::kSame);
  EXPECT_EQ(VerdictOnBytes("peak_rss_bytes", 1e9, 1.0201e9), Verdict::kRegressed);
  EXPECT_EQ(VerdictOnBytes("peak_rss_bytes", 1e9, 0.9799e9), Verdict::kImproved);
  EXPECT_EQ(VerdictOnBytes("untracked_bytes", 0, 512 * kKiB), Verdict::kSame);
  EXPECT_EQ(VerdictOnBytes("untracked_bytes", 0, 512 * kKiB + 1), Verdict::kRegressed);
}

TEST_F(Compared, TimesNeedBothSignificanceAndSize) {
  EXPECT_EQ(VerdictOnTimes(Times(10, 8), Times(11.5, 8)), Verdict::kRegressed);
  EXPECT_EQ(VerdictOnTimes(Times(11.5, 8), Times(10, 8)), Verdict::kImproved);
  EXPECT_EQ(VerdictOnTimes(Times(10, 8), Times(10.9, 8)), Verdict::kSame);
  // 20 % slower in the median, but all over the place.
  EXPECT_EQ(VerdictOnTimes({1, 5, 9, 10, 10, 11, 15, 20}, {1, 4, 8, 12, 12, 13, 16, 21}),
            Verdict::kSame);
}

TEST_F(Compared, SevenRepetitionsAreTooFewForAVerdict) {
  const Comparison comparison = CompareFiles(Throughput(Times(10, 8)), Throughput(Times(20, 7)));
  const ComparedRow& row = RowOf(comparison, "real_time");
  EXPECT_EQ(row.verdict, Verdict::kNotJudged);
  EXPECT_EQ(row.note, "too few repetitions, a verdict needs 8");
  EXPECT_TRUE(row.ratio_interval);
  EXPECT_EQ(comparison.ExitCode(), 2);
}

TEST_F(Compared, TimesAreInTheirUnits) {
  json a = Throughput(Times(10, 8));
  json b = Throughput(Times(10'000, 8));
  for (json& row : b["benchmarks"]) row["time_unit"] = "us";
  const Comparison comparison = CompareFiles(a, b);
  EXPECT_EQ(RowOf(comparison, "real_time").verdict, Verdict::kSame);
  EXPECT_NEAR(*RowOf(comparison, "real_time").a, 0.010035, 1e-9);
}

// One name alone is significant (U = 11, p = 0.028); beside three others that are equal no longer.
TEST_F(Compared, HolmCountsAllNames) {
  json a = Throughput({1, 2, 3, 4, 5, 6, 7, 8});
  json b = Throughput({3.5, 5.5, 6.5, 7.5, 8.5, 9, 10, 11});
  EXPECT_EQ(VerdictOn(a, b, "real_time"), Verdict::kRegressed);
  const json equal = Throughput(Times(1, 8));
  for (const char* suffix : {"/x", "/y", "/z"}) {
    for (json row : equal["benchmarks"]) {
      row["name"] = kThroughput + std::string(suffix);
      a["benchmarks"].push_back(row);
      b["benchmarks"].push_back(row);
    }
  }
  EXPECT_EQ(CompareFiles(a, b).ExitCode(), 0);
}

TEST_F(Compared, AggregatesAreIgnored) {
  json b = Throughput(Times(10, 8));
  b["benchmarks"].push_back({{"name", std::string(kThroughput) + "_mean"},
                             {"run_type", "aggregate"},
                             {"real_time", 1e9}});
  const Comparison comparison = CompareFiles(Throughput(Times(10, 8)), b);
  EXPECT_TRUE(comparison.only_in_b.empty());
  EXPECT_EQ(RowOf(comparison, "real_time").b_count, 8U);
}

TEST_F(Compared, FewSeedsAreComparedWithinTheTolerance) {
  EXPECT_EQ(VerdictOnSeeds("train_loss", {0.5}, {0.505}), Verdict::kSame);
  EXPECT_EQ(VerdictOnSeeds("train_loss", {0.5}, {0.52}), Verdict::kRegressed);
  EXPECT_EQ(VerdictOnSeeds("test_loss", {0.5, 0.5, 0.5}, {0.4, 0.4, 0.4}), Verdict::kImproved);
  EXPECT_EQ(VerdictOnSeeds("test_accuracy", {0.95}, {0.9}), Verdict::kRegressed);
  EXPECT_EQ(VerdictOnSeeds("test_accuracy", {0.9}, {0.95}), Verdict::kImproved);
  EXPECT_EQ(VerdictOnSeeds("train_loss", {0}, {0.1}), Verdict::kRegressed);
  EXPECT_EQ(VerdictOnSeeds("train_loss", {0}, {0}), Verdict::kSame);
}

TEST_F(Compared, FourSeedsAreTested) {
  EXPECT_EQ(VerdictOnSeeds("train_loss", {1, 1.1, 1.2, 1.3}, {1.4, 1.5, 1.6, 1.7}),
            Verdict::kRegressed);
  // The median is 10 % worse, but within what seeds do.
  EXPECT_EQ(VerdictOnSeeds("train_loss", {1, 1.1, 1.2, 1.3}, {0.9, 1.25, 1.3, 1.4}),
            Verdict::kSame);
  // Significant, but nothing.
  EXPECT_EQ(VerdictOnSeeds("train_loss", {1, 1.001, 1.002, 1.003}, {1.004, 1.005, 1.006, 1.007}),
            Verdict::kSame);
}

TEST_F(Compared, SeedsThatOnlyOneSideRanDoNotCount) {
  const Comparison comparison = CompareFiles(Convergence("train_loss", {1, 2, 3, 4, 5, 6}),
                                             Convergence("train_loss", {1, 2}));
  const ComparedRow& row = RowOf(comparison, "train_loss");
  EXPECT_EQ(row.verdict, Verdict::kSame);
  EXPECT_EQ(row.a_count, 2U);
  EXPECT_EQ(row.name, std::string(kConvergence) + "/real_time");
  EXPECT_EQ(comparison.only_in_a.size(), 4U);
  EXPECT_EQ(comparison.only_in_a[0], std::string(kConvergence) + "/seed:3/real_time");
}

TEST_F(Compared, DivergenceIsARegression) {
  json b = Convergence("train_loss", {1, 1, 1});
  b["benchmarks"][1]["train_loss"] = nullptr;
  b["benchmarks"][1]["status"] = "diverged";
  const Comparison comparison = CompareFiles(Convergence("train_loss", {1, 1, 1}), b);
  EXPECT_EQ(RowOf(comparison, "diverged").verdict, Verdict::kRegressed);
  EXPECT_EQ(RowOf(comparison, "train_loss").b_count, 2U);
  EXPECT_EQ(CompareFiles(b, b).ExitCode(), 0);
}

TEST_F(Compared, NullIsMissingAndNeverZero) {
  const json null = Footprint({{"bias_bytes", nullptr}, {"steady_bytes", 5}});
  const json four = Footprint({{"bias_bytes", 4}, {"steady_bytes", 5}});
  const Comparison comparison = CompareFiles(four, null);
  EXPECT_EQ(RowOf(comparison, "bias_bytes").verdict, Verdict::kNotJudged);
  EXPECT_EQ(RowOf(comparison, "bias_bytes").note, "missing in B");
  EXPECT_EQ(comparison.ExitCode(), 0);
  EXPECT_EQ(RowOf(CompareFiles(null, four), "bias_bytes").note, "missing in A");
}

TEST_F(Compared, StatusesAreJudged) {
  const auto with = [](const char* status) { return Footprint({{"status", status}}); };
  EXPECT_EQ(VerdictOn(with("ok"), with("error"), "status"), Verdict::kRegressed);
  EXPECT_EQ(VerdictOn(with("ok"), with("killed"), "status"), Verdict::kRegressed);
  EXPECT_EQ(VerdictOn(with("ok"), with("diverged"), "status"), Verdict::kRegressed);
  EXPECT_EQ(VerdictOn(with("error"), with("ok"), "status"), Verdict::kImproved);
  EXPECT_EQ(VerdictOn(with("ok"), with("skipped"), "status"), Verdict::kNotJudged);
  EXPECT_EQ(VerdictOn(with("error"), with("error"), "status"), Verdict::kNotJudged);
  EXPECT_EQ(VerdictOn(with("ok"), Footprint({{"error_occurred", true}}), "status"),
            Verdict::kRegressed);
  EXPECT_THROW(CompareFiles(with("ok"), with("odd")), record::FileError);
}

TEST_F(Compared, TheTimeOfAFailedRowIsNoTime) {
  json b = Throughput(Times(10, 8));
  for (json& row : b["benchmarks"]) {
    row["error_occurred"] = true;
    row["real_time"] = 0;
  }
  const Comparison comparison = CompareFiles(Throughput(Times(10, 8)), b);
  ASSERT_EQ(comparison.rows.size(), 1U);
  EXPECT_EQ(comparison.rows[0].note, "ok in A, error in B");
}

TEST_F(Compared, AZeroTimeIsNotDividedBy) {
  const Comparison comparison =
      CompareFiles(Throughput(std::vector<double>(8, 0.0)), Throughput(Times(1, 8)));
  EXPECT_EQ(RowOf(comparison, "real_time").note, "a time of zero");
}

TEST_F(Compared, TimesOfAnotherMachineAreNotJudgedUnlessAllowed) {
  for (const char* side : {"a", "b"}) {
    Put(side + std::string("/throughput.json"), Throughput(Times(*side == 'a' ? 10 : 20, 8)));
    Put(side + std::string("/footprint.json"), Footprint({{"bias_bytes", 4}}));
    Put(side + std::string("/machine.json"), {{"cpu_model", side}});
  }
  const Comparison comparison = CompareFolders();
  ASSERT_EQ(comparison.warnings.size(), 1U);
  EXPECT_EQ(comparison.warnings[0], R"(different machine: cpu_model is "a" in A, "b" in B)");
  EXPECT_EQ(RowOf(comparison, "real_time").note, "different machine");
  EXPECT_EQ(comparison.ExitCode(), 0);
  EXPECT_EQ(CompareFolders({.allow_different_machine = true}).ExitCode(), 1);
}

TEST_F(Compared, WithoutMachineFilesTheContextTells) {
  json b = Throughput(Times(20, 8));
  b["context"]["host_name"] = "there";
  EXPECT_EQ(CompareFiles(Throughput(Times(10, 8)), b).ExitCode(), 2);
}

TEST_F(Compared, OtherFlagsAreSaidAndOtherSchemasRefused) {
  json b = Footprint({{"bias_bytes", 4}});
  b["context"]["flags"] = "-O2";
  const Comparison comparison = CompareFiles(Footprint({{"bias_bytes", 4}}), b);
  ASSERT_EQ(comparison.warnings.size(), 1U);
  EXPECT_EQ(comparison.warnings[0], R"(different build: flags is "-O3" in A, "-O2" in B)");
  EXPECT_NE(ConsoleReport(comparison, {}).find("! different build"), std::string::npos);
  EXPECT_NE(MarkdownReport(comparison, {}).find("- different build"), std::string::npos);
  b["context"]["schema_version"] = 2;
  EXPECT_THROW(CompareFiles(Footprint({{"bias_bytes", 4}}), b), std::runtime_error);
}

TEST_F(Compared, NamesOnOneSideAreSaidUnlessSilenced) {
  json b = Footprint({{"bias_bytes", 4}});
  b["benchmarks"].push_back(Row("footprint/none", {{"bias_bytes", 0}}));
  const Comparison comparison = CompareFiles(Footprint({{"bias_bytes", 4}}), b);
  EXPECT_EQ(comparison.only_in_b, std::vector<std::string>{"footprint/none"});
  const std::string notice = "only in B: 1 name: footprint/none";
  EXPECT_NE(ConsoleReport(comparison, {}).find(notice), std::string::npos);
  EXPECT_EQ(ConsoleReport(comparison, {.silence_missing_names = true}).find(notice),
            std::string::npos);
  EXPECT_EQ(comparison.ExitCode(), 0);
}

TEST_F(Compared, ReportsHideOnlyBytesThatAgree) {
  const Comparison comparison =
      CompareFiles(Footprint({{"bias_bytes", 4}, {"steady_bytes", 1'000'000'000}}),
                   Footprint({{"bias_bytes", 4}, {"steady_bytes", 1'000'000'001}}));
  const std::string console = ConsoleReport(comparison, {});
  EXPECT_EQ(console.find("bias_bytes"), std::string::npos);
  EXPECT_NE(console.find("1000000001"), std::string::npos);
  EXPECT_NE(console.find("B is worse than A: 1 regression, 0 improvements, 1 the same"),
            std::string::npos);
  EXPECT_NE(ConsoleReport(comparison, {.show_all = true}).find("bias_bytes"), std::string::npos);
  const json report = JsonReport(comparison);
  EXPECT_EQ(report["exit_code"], 1);
  ASSERT_EQ(report["rows"].size(), 2U);
  EXPECT_EQ(report["rows"][0]["verdict"], "REGRESSED");
  EXPECT_EQ(report["rows"][0]["b"], 1'000'000'001);
  EXPECT_TRUE(report["rows"][0]["p_value"].is_null());
}

// The program itself.
class Program : public Compared {
 protected:
  struct Result {
    int exit_code;
    std::string output;  // stdout and stderr
  };
  Result Run(const std::string& arguments) const {
    const std::string command =
        "cd '" + root_.string() + "' && '" + COMPARE_PROGRAM + "' 2>&1 " + arguments;
    FILE* pipe = popen(command.c_str(), "r");
    std::string output;
    for (int c = fgetc(pipe); c != EOF; c = fgetc(pipe)) output += static_cast<char>(c);
    return {WEXITSTATUS(pclose(pipe)), output};
  }
  // Exits with 2 and says only this, in one line.
  void ExpectRefusal(const std::string& arguments, const std::string& message) const {
    const Result result = Run(arguments);
    EXPECT_EQ(result.exit_code, 2) << arguments;
    EXPECT_EQ(result.output, "compare: " + message + "\n");
  }
};

TEST_F(Program, ExitCodes) {
  Put("a/footprint.json", Footprint({{"bias_bytes", 4}}));
  Put("b/footprint.json", Footprint({{"bias_bytes", 5}}));
  EXPECT_EQ(Run("a a").exit_code, 0);
  EXPECT_EQ(Run("a b").exit_code, 1);
  EXPECT_EQ(Run("b a/footprint.json").exit_code, 0);
  EXPECT_EQ(json::parse(Run("a b --json").output)["exit_code"], 1);
  EXPECT_NE(Run("a b --markdown").output.find("| REGRESSED | bias_bytes | 4 | 5 |"),
            std::string::npos);
  const Result help = Run("--help");
  EXPECT_EQ(help.exit_code, 0);
  EXPECT_NE(help.output.find("compare results/reference results/local"), std::string::npos);
}

TEST_F(Program, RefusesInOneLine) {
  const std::string text = Footprint({{"bias_bytes", 4}}).dump();
  std::ofstream(root_ / "whole.json") << text;
  std::ofstream(root_ / "half.json") << text.substr(0, text.size() / 2);
  json bad = Footprint({{"real_time", 1}, {"time_unit", "h"}});
  Put("unit.json", bad);
  ExpectRefusal("whole.json half.json", "half.json: truncated: the JSON ends unfinished after " +
                                            std::to_string(text.size() / 2) + " bytes");
  ExpectRefusal("whole.json none.json", "none.json: cannot read: No such file or directory");
  ExpectRefusal("a whole.json",
                "a: holds none of footprint.json, throughput.json, convergence.json");
  ExpectRefusal("whole.json unit.json",
                "unit.json: " + std::string(kFootprint) + ": unknown time_unit h");
  std::ofstream(root_ / "machine.json") << "{";
  ExpectRefusal("whole.json whole.json", "machine.json: not a JSON object");
  fs::remove(root_ / "machine.json");
  ExpectRefusal("whole.json", "B is required");
  ExpectRefusal("whole.json whole.json --threshold=nan",
                "--threshold: 'nan' is not a percentage from 0 to 1000");
  ExpectRefusal("whole.json whole.json >/dev/full", "cannot write the report to stdout");
}

TEST_F(Program, NothingInCommonCannotBeCompared) {
  Put("a/footprint.json", Footprint({{"bias_bytes", 4}}));
  Put("b/footprint.json", File(json::array({Row("footprint/none", {{"bias_bytes", 0}})})));
  const Result result = Run("a b");
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_NE(result.output.find("compare: A and B have nothing in common\n"), std::string::npos);
  EXPECT_NE(result.output.find("only in A: 1 name: "), std::string::npos);
}

}  // namespace
}  // namespace biasbench::tools
