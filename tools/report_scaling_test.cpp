#include "report_scaling.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "report_content.h"
#include "report_figures.h"
#include "throughput_rows_fixture.h"

namespace biasbench::report {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

// 120 ns a node and 20 µs besides, 556 bytes a node and 700,000 besides; `factor` is what the steps
// at 100,000 nodes take more.
ResultFile Nodes(double factor = 1) {
  ResultFile file;
  for (const double hidden : {1e3, 1e4, 1e5, 1e6, 1e7}) {
    const double seconds = (20e-6 + 120e-9 * hidden) * (hidden == 1e5 ? factor : 1);
    AddRows(file, {.hidden = hidden}, {0.9 * seconds, seconds, 1.2 * seconds},
            700'000 + 556 * hidden);
  }
  return file;
}

TEST(Scaling, CostOfNodesIsTheLineThroughTheMedians) {
  const auto cost = FindCostOfNodes(Nodes());
  ASSERT_TRUE(cost);
  EXPECT_NEAR(cost->seconds.slope, 120e-9, 1e-15);
  EXPECT_NEAR(cost->seconds.intercept, 20e-6, 1e-12);
  EXPECT_NEAR(cost->bytes.slope, 556, 1e-6);
  EXPECT_NEAR(cost->bytes.intercept, 700'000, 1e-3);
}

TEST(Scaling, SaysWhatANodeCosts) {
  EXPECT_THAT(
      ScalingVerdict(Nodes(1.02)),
      AllOf(HasSubstr("From 1,000 to 10,000,000 hidden nodes (`streaming`, `sgd`, 64 inputs, "
                      "10 outputs, batch 64, 2 threads) a step's time grows along a "
                      "straight line of 121 ns [119 ns–123 ns] a node (farthest from it: "
                      "1.47 % above, at 100,000), and "),
            HasSubstr("the peak memory grows along a straight line of 556.0 bytes "
                      "[556.0 bytes–556.0 bytes] a node")));
}

TEST(Scaling, SaysWhereTheCostDoesNotFollowALine) {
  for (const auto& [factor, side] : {std::pair{1.5, "above"}, std::pair{0.5, "below"}}) {
    const std::string text = ScalingVerdict(Nodes(factor));
    EXPECT_THAT(text,
                HasSubstr("a step's time does not follow a straight line: at 100,000 it is "));
    EXPECT_THAT(text, HasSubstr(std::string(" % ") + side + " the best, "));
    EXPECT_THAT(text, HasSubstr("the peak memory grows along a straight line"));
  }
}

TEST(Scaling, TwoSizesAreNoLine) {
  ResultFile file;
  AddRows(file, {.hidden = 1e3}, {1e-3});
  EXPECT_THAT(ScalingVerdict(file), HasSubstr("Not measured"));
  EXPECT_FALSE(ScalingFigure(file));
  EXPECT_THAT(ScalingTables(file), IsEmpty());
  AddRows(file, {.hidden = 1e4}, {1e-2});
  EXPECT_THAT(ScalingVerdict(file), AllOf(HasSubstr("a step's time grows by 1.00 µs a node"),
                                          HasSubstr("Two sizes cannot tell")));
  EXPECT_THAT(ScalingVerdict(Nodes()), Not(HasSubstr("Two sizes")));
}

std::string SayThreads(const std::vector<double>& one, const std::vector<double>& two) {
  ResultFile file;
  AddRows(file, {.threads = 1}, one);
  AddRows(file, {.threads = 2}, two);
  return ScalingVerdict(file);
}

TEST(Scaling, SaysWhetherThreadsHelp) {
  const std::vector<double> slow = {0.20, 0.21, 0.20, 0.19};
  const std::vector<double> fast = {0.10, 0.11, 0.10, 0.10};
  EXPECT_THAT(SayThreads(slow, fast), HasSubstr("2 threads are faster than 1: 2.00 ["));
  EXPECT_THAT(SayThreads(fast, slow), HasSubstr("2 threads are slower than 1: 0.50 ["));
  EXPECT_THAT(SayThreads(slow, slow), HasSubstr("2 threads are neither faster nor slower than 1"));
  EXPECT_THAT(SayThreads({0.2}, {0.1}), HasSubstr("not to be judged by one repetition"));
}

TEST(Scaling, SaysHowNearTheRooflineEachBatchIs) {
  ResultFile file;
  AddRows(file, {.batch = 1}, {0.002});
  AddRows(file, {.batch = 16}, {0.008});
  AddRows(file, {.batch = 64}, {0.004});
  EXPECT_THAT(ScalingVerdict(file), HasSubstr("By batch a step reaches 0.125 (at 16) to 0.500 "
                                              "(at 1) of the roofline."));
  EXPECT_THAT(ScalingVerdict(file), Not(HasSubstr("By inputs")));
}

TEST(Scaling, TablesHoldTheNumbers) {
  ResultFile file = Nodes();
  AddRows(file, {.hidden = 1e6, .threads = 1}, {0.24, 0.24});
  const std::vector<Table> tables = ScalingTables(file);
  ASSERT_THAT(tables, SizeIs(3));
  EXPECT_EQ(tables[0].rows[0][2], "20.0 µs");
  EXPECT_EQ(tables[1].rows[1],
            (std::vector<std::string>{"10,000", "3", "1.22 [1.10–1.46]", "1.22", "+0.0 %",
                                      "6,260,000", "6,260,000", "+0.0 %", "6,272,345"}));
  const std::vector<std::string>& one = tables[2].rows[0];
  EXPECT_EQ(one[6], "267 [267–267]");
  EXPECT_EQ(one[7], "");
  EXPECT_THAT(tables[2].rows[1][7], HasSubstr("2.00 ["));
}

TEST(Scaling, ANetworkInCachesHasNoBus) {
  ResultFile file;
  AddRows(file, {.inputs = 1, .outputs = 1}, {0.001});
  file.rows[0].numbers["bus_fraction"] = std::nan("");
  AddRows(file, {.inputs = 784}, {0.01});
  const std::vector<Table> tables = ScalingTables(file);
  ASSERT_THAT(tables, SizeIs(1));
  EXPECT_EQ(tables[0].rows[0].back(), "");
  EXPECT_EQ(tables[0].rows[1].back(), "0.0500");
}

TEST(Scaling, FigureShowsPointsAndLine) {
  const auto plot = ScalingFigure(Nodes());
  ASSERT_TRUE(plot);
  EXPECT_THAT(plot->data_files.at("seconds.tsv"), HasSubstr("100000\t12.02\t10.818\t14.424\n"));
  EXPECT_THAT(plot->script, HasSubstr("seconds(x) = 0.0"));
  EXPECT_THAT(Render(*plot), HasSubstr("10,000,000"));
}

// Else they would take the places of those that strategies are compared in.
TEST(Scaling, ShapesMeasuredInOneWayGiveWayInTheFigureOfThroughput) {
  ResultFile file;
  AddRows(file, {.inputs = 784, .batch = 256}, {1});
  EXPECT_THAT(Throughput(file)->script, HasSubstr("784 inputs"));
  AddRows(file, {.inputs = 64}, {1});
  AddRows(file, {.strategy = "none", .inputs = 64}, {1});
  EXPECT_THAT(Throughput(file)->script,
              AllOf(HasSubstr("64 inputs"), Not(HasSubstr("784 inputs"))));
}

TEST(Scaling, IsASectionOfTheReport) {
  Results results;
  results.throughput = Nodes();
  const std::vector<Plot> plots = MakePlots(results);
  std::map<std::string, std::string> pictures;
  for (const Plot& plot : plots) pictures[plot.name] = "<svg/>";
  const std::string markdown = RenderMarkdown(MakeDocument(results, plots, pictures));
  EXPECT_THAT(markdown, AllOf(HasSubstr("## Scaling"), HasSubstr("figures/scaling.svg"),
                              HasSubstr("a step's time grows"), HasSubstr("6,260,000")));
}

}  // namespace
}  // namespace biasbench::report
