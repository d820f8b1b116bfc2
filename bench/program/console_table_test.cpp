#include "bench/program/console_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "bench/program/row_labels.h"
#include "setting/combination.h"
#include "setting/description.h"
#include "text/columns.h"

namespace biasbench::bench {
namespace {

using nlohmann::json;

std::vector<std::string> SplitLines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

// The settings of a program that measures steps, from the flags' lists.
std::vector<setting::Setting> Settings(
    const std::vector<std::pair<std::string_view, std::string>>& lists) {
  static const setting::Program kProgram{.name = "throughput"};
  setting::Typed typed;
  for (const auto& [key, list] : lists) typed.values[std::string(key)] = list;
  return setting::Combine(kProgram, typed);
}

TEST(RowLabels, PartsThatAllRowsShareAreToldOnce) {
  const auto rows = Settings({{"strategy", "learned,none"},
                              {"schedule", "recompute"},
                              {"optimizer", "sgd"},
                              {"hidden", "1000,1000000"},
                              {"omp_threads", "2"}});
  const RowLabels labels = LabelsOf("throughput", rows);
  EXPECT_EQ(labels.shared, (std::vector<std::string>{"throughput", "recompute", "sgd", "inputs:784",
                                                     "outputs:10", "batch:64", "threads:2"}));
  EXPECT_EQ(labels.titles, (std::vector<std::string>{"strategy", "hidden"}));
  ASSERT_EQ(labels.rows.size(), 4U);
  const RowLabel& last = labels.rows.at(CanonicalName("throughput", rows.back()));
  EXPECT_EQ(last.values, (std::vector<std::string>{"none", "1000000"}));
  EXPECT_EQ(last.parts, (std::vector<std::string>{"none", "hidden:1000000"}));
}

// A column tells also what names omit.
TEST(RowLabels, DefaultsAreToldWhereRowsDiffer) {
  const auto rows = Settings({{"strategy", "none"},
                              {"schedule", "recompute"},
                              {"optimizer", "sgd"},
                              {"weights_format", "float32,bfloat16"},
                              {"bfloat16_products", "widened"}});
  const RowLabels labels = LabelsOf("throughput", rows);
  EXPECT_EQ(labels.titles, (std::vector<std::string>{"weights", "products"}));
  EXPECT_EQ(labels.rows.at(CanonicalName("throughput", rows.front())).values.front(), "float32");
}

constexpr std::string_view kThroughputColumns[] = {"items_per_second",    "roofline_fraction",
                                                   "peak_flops_fraction", "bus_fraction",
                                                   "tracked_peak_bytes",  "peak_rss_bytes"};

json ThroughputRow(const std::string& name, int repetition = 0, int repetitions = 1) {
  return {{"run_name", name},
          {"repetition_index", repetition},
          {"repetitions", repetitions},
          {"real_time", 963.4567},
          {"time_unit", "ms"},
          {"items_per_second", 66.4213},
          {"roofline_fraction", 0.90123},
          {"peak_flops_fraction", 0.90123},
          {"bus_fraction", nullptr},
          {"tracked_peak_bytes", 3442728960},
          {"peak_rss_bytes", 3451117568}};
}

TEST(ConsoleTable, FiguresHaveUnits) {
  const auto rows = Settings({{"strategy", "learned,none"}, {"schedule", "streaming"}});
  ConsoleTable table(LabelsOf("throughput", rows), kThroughputColumns, {});
  const auto lines = SplitLines(table.LinesOf(ThroughputRow(CanonicalName("throughput", rows[0]))));
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_TRUE(lines[0].starts_with("throughput  streaming  sgd  inputs:784  hidden:1000000"));
  EXPECT_EQ(
      lines[1],
      "strategy      time  samples/s  roofline  peak FLOP/s       bus        peak    resident");
  EXPECT_EQ(
      lines[2],
      "learned     963 ms      66.42    90.1 %       90.1 %         –   3.206 GiB   3.214 GiB");
  // The head stands once.
  EXPECT_EQ(SplitLines(table.LinesOf(ThroughputRow(CanonicalName("throughput", rows[1])))).size(),
            1U);
}

TEST(ConsoleTable, RepetitionsAndTheirAggregatesAreTold) {
  const auto rows = Settings({{"strategy", "learned,none"}, {"schedule", "streaming"}});
  const std::string name = CanonicalName("throughput", rows[0]);
  ConsoleTable table(LabelsOf("throughput", rows), kThroughputColumns, {});
  EXPECT_TRUE(SplitLines(table.LinesOf(ThroughputRow(name, 0, 3)))[2].starts_with(
      "learned   1/3        963 ms"));
  json aggregate = ThroughputRow(name, 0, 3);
  aggregate.erase("repetition_index");
  aggregate["aggregate_name"] = "median";
  EXPECT_TRUE(table.LinesOf(aggregate).starts_with("learned   median     963 ms"));
  aggregate["aggregate_name"] = "cv";
  aggregate["aggregate_unit"] = "percentage";
  aggregate["real_time"] = 0.0123;
  EXPECT_TRUE(table.LinesOf(aggregate).starts_with("learned   cv         1.23 %"));
}

// Rows that differ in all that they can, and a failure with much to say.
TEST(ConsoleTable, LinesAreAHundredAndTwentyColumnsAtMost) {
  const auto rows = Settings({{"strategy", "warmup_then_frozen,learned"},
                              {"schedule", "streaming_recompute,recompute"},
                              {"optimizer", "sgd,momentum"},
                              {"inputs", "784,64"},
                              {"hidden", "1000,1000000"},
                              {"outputs", "10,1"},
                              {"batch", "64,1"},
                              {"omp_threads", "1,2"},
                              {"weights_format", "float32,bfloat16"},
                              {"activation", "relu,tanh"}});
  ConsoleTable table(LabelsOf("throughput", rows), kThroughputColumns, {});
  std::string text;
  for (const setting::Setting& row : rows) {
    text += table.LinesOf(ThroughputRow(CanonicalName("throughput", row)));
  }
  json failed = ThroughputRow(CanonicalName("throughput", rows[0]));
  failed["error_occurred"] = true;
  failed["error_message"] = "skipped: needs 298.02 GiB" + std::string(60, '.') + " 7.1 GiB" +
                            std::string(60, '.') + " available";
  text += table.LinesOf(failed);
  for (const std::string& line : SplitLines(text)) {
    EXPECT_LE(text::ColumnsOf(line), text::kConsoleColumns) << line;
  }
  EXPECT_NE(text.find("\nwarmup_then_frozen  streaming_recompute  sgd  inputs:784  hidden:1000  "
                      "outputs:10  batch:64  threads:1"),
            std::string::npos)
      << text.substr(0, 1000);
}

TEST(ConsoleTable, AFailureStandsInPlaceOfFigures) {
  const auto rows = Settings({{"strategy", "learned,none"}, {"schedule", "streaming"}});
  ConsoleTable table(LabelsOf("throughput", rows), kThroughputColumns, {});
  json failed = {{"run_name", CanonicalName("throughput", rows[1])},
                 {"error_occurred", true},
                 {"error_message", "skipped: needs 298 GiB, 7 GiB available"}};
  EXPECT_EQ(SplitLines(table.LinesOf(failed)).back(),
            "none      skipped: needs 298 GiB, 7 GiB available");
}

TEST(ConsoleTable, ColorsAndUnitsAreGoogleBenchmarks) {
  const std::vector<std::string> none;
  EXPECT_TRUE(ConsoleStyleOf(none, true).has_colors);
  EXPECT_FALSE(ConsoleStyleOf(none, false).has_colors);
  // NO_COLOR comes as the first flag, and a later one counts.
  EXPECT_FALSE(
      ConsoleStyleOf(std::vector<std::string>{"--benchmark_color=false"}, true).has_colors);
  EXPECT_TRUE(
      ConsoleStyleOf(std::vector<std::string>{"--benchmark_color=false", "--benchmark_color=yes"},
                     false)
          .has_colors);
  EXPECT_FALSE(
      ConsoleStyleOf(std::vector<std::string>{"--benchmark_color=auto"}, false).has_colors);
  const auto rows = Settings({{"strategy", "learned"}, {"schedule", "streaming"}});
  ConsoleTable table(LabelsOf("throughput", rows), kThroughputColumns,
                     ConsoleStyleOf(std::vector<std::string>{"--benchmark_time_unit=us"}, false));
  json row = ThroughputRow(CanonicalName("throughput", rows[0]));
  row["real_time"] = 963456.7;
  row["time_unit"] = "us";
  EXPECT_NE(table.LinesOf(row).find("963457 us"), std::string::npos);
}

}  // namespace
}  // namespace biasbench::bench
