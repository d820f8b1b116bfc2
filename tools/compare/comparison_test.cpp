#include <sstream>

#include "compare/comparison_fixture.h"
#include "compare/comparison_report.h"
#include "record/result_file.h"

namespace biasbench::tools {
namespace {

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

TEST_F(Compared, OtherFlagsAreSaidAndOtherSchemasRefused) {
  json b = Footprint({{"bias_bytes", 4}});
  b["context"]["flags"] = "-O2";
  const Comparison comparison = CompareFiles(Footprint({{"bias_bytes", 4}}), b);
  ASSERT_EQ(comparison.warnings.size(), 1U);
  EXPECT_EQ(comparison.warnings[0], R"(different build: flags is "-O3" in A, "-O2" in B)");
  EXPECT_NE(ConsoleReport(comparison, {}).find("! different build"), std::string::npos);
  EXPECT_NE(MarkdownReport(comparison, {}).find("- different build"), std::string::npos);
  b["context"]["schema_version"] = record::kSchemaVersion - 1;
  EXPECT_THROW(CompareFiles(Footprint({{"bias_bytes", 4}}), b), std::runtime_error);
  b["context"]["schema_version"] = "2";
  EXPECT_THROW(CompareFiles(b, b), std::runtime_error);
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

TEST_F(Compared, ReportsHideWhatIsTheSame) {
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

// Of seeds that agree and times that cannot be judged there is only a count.
TEST_F(Compared, ARunComparedWithItselfIsAFewLines) {
  json file = Convergence("train_loss", {1, 1.1, 1.2, 1.3});
  for (int i = 1; i <= 100; ++i) {
    file["benchmarks"].push_back(
        Row("convergence/digits/learned/hidden:" + std::to_string(i), {{"train_loss", i}}));
  }
  const Comparison comparison = CompareFiles(file, file);
  const std::string all = ConsoleReport(comparison, {.show_all = true});
  EXPECT_GT(std::ranges::count(all, '\n'), 200);
  EXPECT_EQ(ConsoleReport(comparison, {}),
            "B is as good as A or better: 0 regressions, 0 improvements, 202 the same, 0 not "
            "judged\n");
  const Comparison times = CompareFiles(Throughput({1, 1, 1}), Throughput({1, 1, 1}));
  const std::string report = ConsoleReport(times, {});
  EXPECT_TRUE(report.starts_with("! 1 not judged: too few repetitions, a verdict needs 8\n"))
      << report;
  EXPECT_EQ(std::ranges::count(report, '\n'), 2) << report;
  EXPECT_NE(ConsoleReport(times, {.show_times = true}).find("real_time"), std::string::npos);
}

TEST_F(Compared, ReportsAreAHundredAndTwentyColumnsAtMost) {
  std::string name = "convergence/fashion_mnist/learned/blocked/sgd/inputs:784/hidden:1000000";
  name += "/outputs:10/batch:1/threads:2/block:64/epochs:1/samples:2000/test_samples:1000";
  const json a = File(json::array({Row(name, {{"test_accuracy_at_scale_0.125", 0.5}})}));
  json b = File(json::array({Row(name, {{"test_accuracy_at_scale_0.125", 0.25}}),
                             Row(name + "/center", json::object()),
                             Row(name + "/epochs:2", json::object())}));
  b["context"]["flags"] = std::string(200, '-');
  const std::string report = ConsoleReport(CompareFiles(a, b), {});
  std::istringstream lines(report);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 120U) << line;
  EXPECT_NE(report.find("\nconvergence/fashion_mnist/"), std::string::npos) << report;
  EXPECT_NE(report.find("\n  REGRESSED  test_accuracy_at_scale_0.125  0.5  0.25  -50.00 %"),
            std::string::npos)
      << report;
}

}  // namespace
}  // namespace biasbench::tools
