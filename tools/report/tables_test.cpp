#include "report/tables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "record/result_file.h"
#include "report/fixture.h"

namespace biasbench::report {
namespace {

using nlohmann::json;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

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

TEST_F(TablesTest, StrategiesAreExplained) {
  const Table table = StrategyTable(Load());
  EXPECT_THAT(ColumnOf(table, "strategy"), Contains("`sign_flipped`"));
}

}  // namespace
}  // namespace biasbench::report
