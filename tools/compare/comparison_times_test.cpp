#include "compare/comparison_fixture.h"

namespace biasbench::tools {
namespace {

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
  for (const char* suffix : {"/batch:1", "/batch:2", "/batch:3"}) {
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

}  // namespace
}  // namespace biasbench::tools
