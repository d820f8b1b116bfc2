#include "report/online_rule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "record/result_file.h"
#include "report/figures.h"
#include "report/fixture.h"
#include "report/studies.h"
#include "report/tables.h"

namespace biasbench::report {
namespace {

using nlohmann::json;
using ::testing::EndsWith;
using ::testing::HasSubstr;

// Eight seeds of digits, by single samples at two rates and by batches of 64 for one and for four
// epochs; of the rates 0.075, 0.6 and 1.2 were found the best.
class OnlineRuleTest : public ReportTest {
 protected:
  void Load() {
    json searches = json::array();
    for (int seed = 1; seed <= 8; ++seed) {
      for (const auto& [batch, epochs, rate, loss] :
           {std::tuple(1, 1, 0.075, 0.20), std::tuple(1, 1, 0.3, 0.90),
            std::tuple(64, 1, 0.6, 0.80), std::tuple(64, 4, 1.2, 0.15)}) {
        json row = ConvergenceRow("digits", "learned", seed, loss + 0.001 * seed);
        const std::string name = row["name"].get<std::string>() + std::to_string(rate);
        row.update({{"name", name},
                    {"run_name", name},
                    {"batch", batch},
                    {"epochs", epochs},
                    {"learning_rate", rate},
                    {"train_seconds", 9.0}});
        sample_.convergence["benchmarks"].push_back(row);
        // One seed in eight ends lower elsewhere.
        row.update({{"hidden", 1000}, {"best_rate", seed == 3 ? 0.01 : rate}});
        if (rate != 0.3) searches.push_back(row);
      }
    }
    sample_.WriteTo(folder_);
    record::WriteJson(folder_ / "stability.json",
                      {{"context", Context("stability")}, {"benchmarks", searches}});
    results_ = LoadFolder(folder_);
    findings_ = FindAll(results_);
  }

  std::string Told() const { return StepForEachSample(results_, findings_); }

  Results LoadSample() const {
    sample_.WriteTo(folder_);
    return LoadFolder(folder_);
  }

  const record::Contrast& Only(std::string_view slug) const {
    const Finding& finding = FindingOf(findings_, slug);
    if (finding.families.size() != 1 || finding.families[0].size() != 1) {
      throw std::logic_error("not one contrast");
    }
    return finding.families[0][0];
  }

  Results results_;
  std::vector<Finding> findings_;
};

TEST_F(OnlineRuleTest, ComparesEachAtItsBestRate) {
  Load();
  EXPECT_NEAR(Only("online-epochs").median, -0.6, 1e-12);
  EXPECT_EQ(Only("online-epochs").verdict, record::Verdict::kLower);
  EXPECT_NEAR(Only("online-time").median, 0.05, 1e-12);
  EXPECT_EQ(Only("online-time").verdict, record::Verdict::kHigher);
  const Table table = ContrastTable(FindingOf(findings_, "online-time"));
  ASSERT_EQ(table.rows.size(), 1U);
  EXPECT_THAT(table.rows[0][2], HasSubstr("batch 1, recompute, epochs:1, rate:0.075"));
  EXPECT_THAT(table.rows[0][3], HasSubstr("batch 64, recompute, epochs:4, rate:1.2"));
}

TEST_F(OnlineRuleTest, IsToldInASentence) {
  Load();
  const std::string told = Told();
  EXPECT_THAT(told, HasSubstr("`digits` (1,000,000 hidden nodes, 1 epoch): lower (−0.600 ["));
  EXPECT_THAT(told, HasSubstr(") after as many epochs, higher (+0.0500 ["));
  EXPECT_THAT(told, EndsWith(") in as many seconds (4 epochs by batches)."));
}

TEST_F(OnlineRuleTest, IsToldWithoutTrainingsOfEqualTime) {
  Load();
  std::erase_if(sample_.convergence["benchmarks"].get_ref<json::array_t&>(),
                [](const json& row) { return row["epochs"] == 4; });
  results_ = LoadSample();
  findings_ = FindAll(results_);
  EXPECT_THAT(Told(), HasSubstr(": lower (−0.600 ["));
  EXPECT_THAT(Told(), EndsWith(") after as many epochs."));
}

TEST_F(OnlineRuleTest, ShowsTheTrainingsAtTheirBestRates) {
  Load();
  EXPECT_EQ(OnlineTable(results_).rows.size(), 3U);
  const std::vector<Figure> figures = MakeFigures(results_, findings_);
  const auto figure = std::ranges::find(figures, "online_rule", &Figure::name);
  ASSERT_NE(figure, figures.end());
  ASSERT_EQ(figure->panels.size(), 1U);
  EXPECT_EQ(figure->panels[0].lanes,
            (std::vector<std::string>{"learned, batch 1, 1 epoch, 9.00 s",
                                      "learned, batch 64, 1 epoch, 9.00 s",
                                      "learned, batch 64, 4 epochs, 9.00 s"}));
}

TEST_F(OnlineRuleTest, HasNothingToShowWithoutSearches) {
  results_ = LoadSample();
  EXPECT_TRUE(OnlineTable(results_).rows.empty());
  findings_ = FindAll(results_);
  EXPECT_TRUE(FindingOf(findings_, "online-epochs").families.empty());
  EXPECT_EQ(Told(), "");
}

TEST_F(OnlineRuleTest, TellsTheSpeedOfSingleSamples) {
  const auto add = [&](const std::string& schedule, int batch, int block, double speed) {
    const std::string name = schedule + std::to_string(batch) + "/" + std::to_string(block);
    json row = BaseRow("throughput/" + name, "learned", schedule);
    row.update({{"inputs", 784}, {"outputs", 10}, {"batch", batch}, {"items_per_second", speed}});
    if (block > 0) row["block"] = block;
    sample_.throughput["benchmarks"].push_back(row);
  };
  add("blocked", 1, 16, 40);
  add("blocked", 1, 64, 48);
  add("streaming", 1, 0, 12);
  EXPECT_EQ(TellOnlineSpeed(*LoadSample().throughput), "");
  add("streaming", 64, 0, 60);
  EXPECT_THAT(
      TellOnlineSpeed(*LoadSample().throughput),
      HasSubstr("48.0 samples a second, 4.00 [4.00–4.00] times `streaming` by single samples "
                "and 0.80 [0.80–0.80] times `streaming` by batches of 64"));
}

}  // namespace
}  // namespace biasbench::report
