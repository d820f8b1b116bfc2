#include "report_plot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "report_fixture.h"

namespace biasbench::report {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

TEST_F(ReportTest, AMissingGnuplotIsSaid) {
  sample_.WriteTo(folder_);
  const Outcome outcome = RunReport(folder_, "PATH=/nowhere");
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.output, HasSubstr("gnuplot is not installed"));
  EXPECT_FALSE(fs::exists(folder_ / "report.md"));
}

TEST_F(ReportTest, AFailingGnuplotIsSaid) {
  sample_.WriteTo(folder_);
  const Outcome failing =
      RunReport(folder_, PathWithGnuplot("echo first; echo no wish >&2; exit 3"));
  EXPECT_EQ(failing.exit_code, 2);
  EXPECT_THAT(failing.output,
              HasSubstr("figure 'footprint_by_category' with exit code 3: no wish"));
  const Outcome silent = RunReport(folder_, PathWithGnuplot("exit 0"));
  EXPECT_EQ(silent.exit_code, 2);
  const Outcome late = RunReport(
      folder_, PathWithGnuplot("echo '<svg viewBox=\"0 0 1 1\"></svg>' > picture.svg; exit 1"));
  EXPECT_EQ(late.exit_code, 2);
  EXPECT_FALSE(fs::exists(folder_ / "report.md"));
  EXPECT_FALSE(fs::exists(folder_ / "figures"));
}

TEST(Plots, NothingIsSubstitutedInQuotedText) {
  EXPECT_EQ(Quote("it's `date` \"$x\"\n"), "'it''s `date` \"$x\" '");
}

}  // namespace
}  // namespace biasbench::report
