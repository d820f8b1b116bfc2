#include "report/tables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "record/result_file.h"
#include "report/fixture.h"
#include "report/limits.h"

namespace biasbench::report {
namespace {

using nlohmann::json;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// The cells of a column, from the top.
std::vector<std::string> ColumnOf(const Table& table, const std::string& title) {
  const auto column = std::ranges::find(table.columns, title, &Column::title);
  std::vector<std::string> cells;
  if (column == table.columns.end()) return cells;
  const auto place = static_cast<std::size_t>(column - table.columns.begin());
  for (const auto& row : table.rows) cells.push_back(row.at(place));
  return cells;
}

class TablesTest : public ReportTest {
 protected:
  const Results& Load() {
    sample_.WriteTo(folder_);
    results_ = LoadFolder(folder_);
    return results_;
  }
  Results results_;
};

TEST_F(TablesTest, WhatIsSavedIsOfTextbookWithTheSameOptimizer) {
  json adam = FootprintRow("learned", "recompute");
  adam["optimizer"] = "adam";
  sample_.footprint["benchmarks"].push_back(adam);
  const Table table = LeversTable(Load());
  ASSERT_EQ(table.rows.size(), 7U);
  // Two of textbook, two each of in_place and recompute, and adam's, which has no textbook.
  EXPECT_EQ(std::ranges::count(ColumnOf(table, "saved"), ""), 3);
  EXPECT_EQ(std::ranges::count(ColumnOf(table, "saved"), "66.7 %"), 4);
  EXPECT_THAT(ColumnOf(table, "samples / s"), Contains("42.0 [40.0–44.0]"));
}

TEST_F(TablesTest, BiasesAreTakenApartToTheByte) {
  const Table table = BiasPriceTable(*Load().footprint);
  ASSERT_EQ(table.rows.size(), 6U);
  EXPECT_THAT(ColumnOf(table, "all"), Contains("12,000,120"));
  EXPECT_THAT(ColumnOf(table, "share"), Contains("0.126 %"));
}

TEST_F(TablesTest, PhasesAreOfTheLargestShape) {
  EXPECT_THAT(PhaseTable(*Load().footprint).rows, IsEmpty());
  for (json& row : sample_.footprint["benchmarks"]) {
    row["phases"] = {{"build", {{"held_bytes", 1 << 20}}}, {"update", {{"held_bytes", 3 << 20}}}};
    row["peak_category"] = "weight_gradient";
  }
  const Table table = PhaseTable(*Load().footprint);
  ASSERT_EQ(table.rows.size(), 3U);
  EXPECT_THAT(ColumnOf(table, "after update, MiB"), Contains("3.00"));
  EXPECT_THAT(ColumnOf(table, "mostly by"), Contains("weight gradient"));
}

json PeerRow(const char* peer, bool is_ours, double speed) {
  json row = BaseRow(peer, "learned", "streaming");
  row.erase("schedule");
  row.update({{"peer", peer},
              {"library", std::string(peer) + " 1.2"},
              {"is_ours", is_ours},
              {"inputs", 784},
              {"outputs", 10},
              {"items_per_second", speed}});
  return row;
}

TEST_F(TablesTest, PeersAreComparedWithTheBestThatIsNotOurs) {
  json rows = json::array();
  for (int i = 0; i < 8; ++i) {
    rows.push_back(PeerRow("streaming", true, 60 + i));
    rows.push_back(PeerRow("fast", false, 40 + i));
    rows.push_back(PeerRow("slow", false, 10 + i));
  }
  sample_.WriteTo(folder_);
  record::WriteJson(folder_ / "peers.json", {{"context", Context("peers")}, {"benchmarks", rows}});
  const Table table = PeersTable(*LoadFolder(folder_).peers);
  EXPECT_THAT(ColumnOf(table, "with"), ElementsAre("`streaming`", "`fast`", "`slow`"));
  EXPECT_THAT(ColumnOf(table, "ratio")[0], HasSubstr("1.46 [1."));
  EXPECT_THAT(ColumnOf(table, "ratio")[1], HasSubstr("1.00 [0."));
  EXPECT_THAT(ColumnOf(table, "library"), Contains("fast 1.2"));
}

TEST_F(TablesTest, SpeedsByThreadsHaveARatioWithItsInterval) {
  json& rows = sample_.throughput["benchmarks"];
  const json before = rows;
  for (json row : before) {
    if (row["strategy"] != "learned") continue;
    row["omp_threads"] = 1;
    row["items_per_second"] = row["items_per_second"].get<double>() / 2;
    rows.push_back(row);
  }
  const Table table = SpeedTable(*Load().throughput, "omp_threads", "threads");
  EXPECT_THAT(ColumnOf(table, "threads"), ElementsAre("1", "2"));
  EXPECT_THAT(ColumnOf(table, "ratio")[1], HasSubstr("2.00 [1."));
  EXPECT_THAT(SpeedTable(*results_.throughput, "batch", "batch").rows, IsEmpty());
}

// The sample's rows of `learned`, in bfloat16 and twice as fast.
void AddBfloat16(json& rows, const char* products) {
  const json before = rows;
  for (json row : before) {
    if (row["strategy"] != "learned" || row.contains("weights_format")) continue;
    row.update({{"weights_format", "bfloat16"},
                {"bfloat16_products", products},
                {"peak_flops_fraction", 0.25},
                {"items_per_second", 2 * row["items_per_second"].get<double>()}});
    rows.push_back(row);
  }
}

TEST_F(TablesTest, Bfloat16StandsBesideFloat32WithItsProductsNamed) {
  EXPECT_THAT(FormatTable(*Load().throughput).rows, IsEmpty());
  json& rows = sample_.throughput["benchmarks"];
  for (json& row : rows) row["peak_flops_fraction"] = 0.75;
  AddBfloat16(rows, "processor");
  AddBfloat16(rows, "widened");
  json alone = rows.back();  // no row of float32 has this batch
  alone["batch"] = 7;
  rows.push_back(alone);
  const Table table = FormatTable(*Load().throughput);
  EXPECT_THAT(ColumnOf(table, "products"), ElementsAre("`processor`", "`widened`"));
  EXPECT_THAT(ColumnOf(table, "samples / s")[0], HasSubstr("84.0 ["));
  EXPECT_THAT(ColumnOf(table, "samples / s, float32")[0], HasSubstr("42.0 ["));
  EXPECT_THAT(ColumnOf(table, "ratio")[1], HasSubstr("2.00 [1."));
  EXPECT_THAT(ColumnOf(table, "of the FLOPs"),
              ElementsAre("0.250 [0.250–0.250]", "0.250 [0.250–0.250]"));
  EXPECT_THAT(ColumnOf(table, "of the FLOPs, float32")[1], HasSubstr("0.750"));
  EXPECT_THAT(ColumnOf(ThroughputTable(*results_.throughput), "optimizer"),
              Contains("sgd, bfloat16 weights (widened)"));
}

TEST_F(TablesTest, RowsLeftUnwrittenAreExplainedWhereThereAreAny) {
  EXPECT_THAT(ThroughputTable(*Load().throughput).caption, Not(HasSubstr("unwritten")));
  for (json& row : sample_.throughput["benchmarks"]) {
    row.update({{"unwritten_rows", 5000}, {"peak_flops_fraction", 0.75}, {"bus_fraction", 0.5}});
  }
  const Table table = ThroughputTable(*Load().throughput);
  EXPECT_THAT(table.caption, HasSubstr("(`unwritten_rows`)"));
  EXPECT_THAT(ColumnOf(table, "rows unwritten"), Contains(HasSubstr("5,000")));
  EXPECT_THAT(ColumnOf(table, "of the FLOPs"), Contains(HasSubstr("0.750")));
}

TEST_F(TablesTest, TheLimitsAreThoseOfTheFastestScheduleAtEachBatch) {
  json& rows = sample_.throughput["benchmarks"];
  rows = json::array();
  for (int repetition = 0; repetition < 3; ++repetition) {
    for (const auto& [schedule, batch, speed, fraction] :
         {std::tuple("in_place", 64, 40, 0.5), std::tuple("streaming", 64, 50, 0.625),
          std::tuple("blocked", 1, 20, 0.25)}) {
      json row = BaseRow(schedule, "learned", schedule);
      row.update({{"inputs", 784},
                  {"outputs", 10},
                  {"batch", batch},
                  {"items_per_second", speed},
                  {"peak_flops_fraction", fraction}});
      rows.push_back(row);
    }
  }
  EXPECT_EQ(
      TellLimits(*Load().throughput),
      "Share of the machine's peak of multiply-adds that the fastest schedule reaches, at 784 "
      "inputs, 1,000,000 hidden nodes, 10 outputs, 2 threads, with weights in float32: 0.625 "
      "[0.625–0.625] at batch 64 (`streaming`), 0.250 [0.250–0.250] at batch 1 (`blocked`).");
  for (json& row : rows) row["peak_flops_fraction"] = nullptr;
  EXPECT_EQ(TellLimits(*Load().throughput), "");
}

TEST_F(TablesTest, ANodeCostsWhatTheLineSays) {
  json& rows = sample_.throughput["benchmarks"];
  rows = json::array();
  for (const int hidden : {1000, 10'000, 100'000}) {
    json row = BaseRow("t", "learned", "streaming");
    row.update({{"hidden", hidden},
                {"inputs", 64},
                {"outputs", 10},
                {"items_per_second", 64 / (1e-6 * hidden)},
                {"tracked_peak_bytes", 300 * hidden + 4096}});
    rows.push_back(row);
  }
  const Table table = NodeTable(*Load().throughput);
  ASSERT_EQ(table.rows.size(), 2U);
  EXPECT_THAT(table.rows[0][1], HasSubstr("1.00 µs"));
  EXPECT_THAT(table.rows[1][1], HasSubstr("300.0 bytes"));
}

TEST_F(TablesTest, EveryContrastIsARowWithItsFamilysSize) {
  Load();
  const std::vector<Finding> findings = FindAll(results_);
  const Table table = ContrastTable(FindingOf(findings, "loss"));
  ASSERT_EQ(table.rows.size(), 3U);
  EXPECT_THAT(ColumnOf(table, "finding"), ElementsAre("higher", "higher", "higher"));
  EXPECT_EQ(table.rows[0].back(), "2");  // harmonic3: fixed=1 and none
  EXPECT_EQ(table.rows[2].back(), "1");  // digits: fixed=1
}

TEST_F(TablesTest, TheSixContrastsAreRowsAndTasksColumns) {
  json& rows = sample_.convergence["benchmarks"];
  for (int seed = 1; seed <= 8; ++seed) {
    for (const auto& [strategy, loss] : {std::pair("shared", 0.25), std::pair("learned", 0.125)}) {
      json row = ConvergenceRow("harmonic3", strategy, seed, loss + 1e-3 * seed);
      row["hidden"] = 1000;
      rows.push_back(row);
    }
  }
  Load();
  const std::vector<Finding> findings = FindAll(results_);
  const Table table = HeadlineTable(FindingOf(findings, "loss"), {"harmonic3", "digits", "sine"});
  EXPECT_THAT(table.caption, HasSubstr("`harmonic3` at 1,000,000 hidden nodes, 2 epochs, 8 seeds; "
                                       "`digits` at"));
  ASSERT_EQ(table.columns.size(), 4U);  // none of sine
  EXPECT_THAT(ColumnOf(table, "of"), ElementsAre("`fixed=1`", "`none`", "`shared`"));
  EXPECT_THAT(ColumnOf(table, "`harmonic3`")[0], HasSubstr("higher (+0.0855 ["));
  EXPECT_THAT(ColumnOf(table, "`harmonic3`")[2], HasSubstr(") at 1,000 hidden nodes, 2 epochs"));
  EXPECT_EQ(ColumnOf(table, "`digits`")[1], "");
  EXPECT_THAT(HeadlineTable(FindingOf(findings, "stable-rate"), {"harmonic3"}).rows, IsEmpty());
}

TEST_F(TablesTest, StrategiesAreExplained) {
  const Table table = StrategyTable(Load());
  EXPECT_THAT(ColumnOf(table, "strategy"), Contains("`sign_flipped`"));
}

}  // namespace
}  // namespace biasbench::report
