#include "compare/comparison_fixture.h"
#include "compare/comparison_report.h"

namespace biasbench::tools {
namespace {

TEST_F(Compared, FewSeedsAreComparedWithinTheTolerance) {
  EXPECT_EQ(VerdictOnSeeds("train_loss", {0.5}, {0.505}), Verdict::kSame);
  EXPECT_EQ(VerdictOnSeeds("train_loss", {0.5}, {0.52}), Verdict::kRegressed);
  EXPECT_EQ(VerdictOnSeeds("test_loss", {0.5, 0.5, 0.5}, {0.4, 0.4, 0.4}), Verdict::kImproved);
  EXPECT_EQ(VerdictOnSeeds("test_accuracy", {0.95}, {0.9}), Verdict::kRegressed);
  EXPECT_EQ(VerdictOnSeeds("test_accuracy", {0.9}, {0.95}), Verdict::kImproved);
  EXPECT_EQ(VerdictOnSeeds("train_loss", {0}, {0.1}), Verdict::kRegressed);
  EXPECT_EQ(VerdictOnSeeds("train_loss", {0}, {0}), Verdict::kSame);
}

TEST_F(Compared, AccuracyAtOtherBrightnessIsJudgedAsThatAtTheOwn) {
  for (const char* key : {"test_accuracy_at_scale_0.125", "test_accuracy_at_scale_8"}) {
    EXPECT_EQ(VerdictOnSeeds(key, {0.95}, {0.9}), Verdict::kRegressed);
    EXPECT_EQ(VerdictOnSeeds(key, {0.9}, {0.95}), Verdict::kImproved);
    EXPECT_EQ(VerdictOnSeeds(key, {0.9}, {0.905}), Verdict::kSame);
    // The median is lower, but within what seeds do.
    EXPECT_EQ(VerdictOnSeeds(key, {0.8, 0.85, 0.9, 0.95}, {0.7, 0.75, 0.9, 0.96}), Verdict::kSame);
  }
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
  EXPECT_EQ(row.name, kConvergence);
  EXPECT_EQ(comparison.only_in_a.size(), 4U);
  EXPECT_EQ(comparison.only_in_a[0], std::string(kConvergence) + "/seed:3");
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

TEST_F(Compared, ChangesBeyondSixDigitsAreShort) {
  const Comparison comparison = CompareFiles(Convergence("train_loss", {0.5, 0.5, 0.5}),
                                             Convergence("train_loss", {5e66, 5e66, 5e66}));
  EXPECT_NE(ConsoleReport(comparison, {}).find(" +1.00e+69 % "), std::string::npos)
      << ConsoleReport(comparison, {});
}

TEST_F(Compared, StableRatesMayDifferByTheSearchsResolution) {
  const auto verdict = [&](const std::string& key, const std::vector<double>& a,
                           const std::vector<double>& b) {
    json files[] = {Convergence(key, a), Convergence(key, b)};
    for (json& file : files) {
      for (json& row : file["benchmarks"]) {
        row["name"] =
            "stability" + row["name"].get<std::string>().substr(sizeof("convergence") - 1);
      }
    }
    return VerdictOn(files[0], files[1], key);
  };
  EXPECT_EQ(verdict("largest_stable_rate", {1}, {0.917}), Verdict::kSame);
  EXPECT_EQ(verdict("largest_stable_rate", {1}, {0.89}), Verdict::kRegressed);
  EXPECT_EQ(verdict("largest_stable_rate", {1}, {1.2}), Verdict::kImproved);
  EXPECT_EQ(verdict("best_train_loss", {1}, {1.05}), Verdict::kSame);
  EXPECT_EQ(verdict("best_train_loss", {1}, {1.2}), Verdict::kRegressed);
  // The median is a fifth lower, but within what seeds do.
  EXPECT_EQ(verdict("largest_stable_rate", {1, 1.2, 1.4, 1.6}, {0.9, 1.0, 1.1, 1.7}),
            Verdict::kSame);
  EXPECT_EQ(verdict("largest_stable_rate", {1, 1.2, 1.4, 1.6}, {0.5, 0.6, 0.7, 0.8}),
            Verdict::kRegressed);
}

}  // namespace
}  // namespace biasbench::tools
