#include "compare/comparison_fixture.h"
#include "compare/comparison_report.h"

namespace biasbench::tools {
namespace {

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

TEST_F(Compared, NullIsMissingAndNeverZero) {
  const json null = Footprint({{"bias_bytes", nullptr}, {"steady_bytes", 5}});
  const json four = Footprint({{"bias_bytes", 4}, {"steady_bytes", 5}});
  const Comparison comparison = CompareFiles(four, null);
  EXPECT_EQ(RowOf(comparison, "bias_bytes").verdict, Verdict::kNotJudged);
  EXPECT_EQ(RowOf(comparison, "bias_bytes").note, "missing in B");
  EXPECT_EQ(comparison.ExitCode(), 0);
  EXPECT_EQ(RowOf(CompareFiles(null, four), "bias_bytes").note, "missing in A");
}

}  // namespace
}  // namespace biasbench::tools
