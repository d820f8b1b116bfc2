// The program as users run it, on shapes.
#include <gtest/gtest.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <numeric>
#include <sstream>
#include <string>
#include <vector>

#include "estimate/estimate_fixture.h"
#include "text/columns.h"

namespace biasbench::tools {
namespace {

using nlohmann::json;

// The figures in tenths of a table's rows: six parts and the peak.
std::vector<std::vector<std::int64_t>> TenthsOfRows(const Answer& answer) {
  std::vector<std::vector<std::int64_t>> rows;
  for (const std::string& line : answer.Lines()) {
    std::vector<std::int64_t> tenths;
    std::istringstream words(line);
    for (std::string word; words >> word && word != "%";) {
      const std::size_t point = word.find('.');
      const bool is_figure = point != std::string::npos && point + 2 == word.size() &&
                             word.find_first_not_of("0123456789.-") == std::string::npos;
      if (is_figure) tenths.push_back(std::stoll(word.substr(0, point) + word.substr(point + 1)));
    }
    if (tenths.size() == 8) rows.push_back({tenths.begin(), tenths.end() - 1});  // but the saving
  }
  return rows;
}

TEST(EstimateTable, PartsAddUpToThePeak) {
  for (const char* const flags :
       {"", "--hidden=10", "--hidden=1e9", "--strategies=all --hidden=12345"}) {
    const auto rows = TenthsOfRows(Estimate(flags));
    EXPECT_GE(rows.size(), 20U) << flags;
    for (const std::vector<std::int64_t>& row : rows) {
      EXPECT_EQ(std::accumulate(row.begin(), row.end() - 1, std::int64_t{0}), row.back()) << flags;
    }
  }
}

TEST(EstimateTable, ThePeakIsThatOfTheFormula) {
  const std::string flags = "--strategies=learned --schedules=recompute --optimizers=adam";
  const json answer = json::parse(Estimate(flags + " --json").text);
  const auto rows = TenthsOfRows(Estimate(flags));
  ASSERT_EQ(rows.size(), 1U);
  const double mebibytes = answer["rows"][0]["predicted_peak_bytes"].get<double>() / 0x1p20;
  EXPECT_NEAR(static_cast<double>(rows[0].back()) / 10, mebibytes, 0.05);
}

TEST(EstimateTable, LinesAreAHundredColumnsAtMost) {
  for (const char* const flags :
       {"", "--hidden=1e9 --inputs=1e5", "--hidden=3",
        "--strategies=all --schedules=all --optimizers=all --weights=all --states=all",
        "--strategies=all --schedules=streaming_recompute", "--block=64,128 --batch=1"}) {
    const Answer answer = Estimate(flags);
    EXPECT_EQ(answer.status, 0) << answer.text;
    for (const std::string& line : answer.Lines()) EXPECT_LE(text::ColumnsOf(line), 100U) << line;
  }
}

TEST(EstimateTable, WhatRowsShareIsInTheHeading) {
  const Answer answer = Estimate("--strategies=learned,none --schedules=recompute --hidden=9");
  EXPECT_TRUE(answer.Line("784 inputs").ends_with(", relu, float32/float32, recompute; KiB"));
  EXPECT_TRUE(answer.Line("optimizer strategy").ends_with(" peak  saving fits"));
  EXPECT_NE(Estimate("--hidden=1e9").text.find("; the largest needs "), std::string::npos);
  EXPECT_EQ(Estimate("--hidden=10").text.find("; the largest needs "), std::string::npos);
}

}  // namespace
}  // namespace biasbench::tools
