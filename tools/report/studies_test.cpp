#include "report/studies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "report/figures.h"
#include "report/fixture.h"
#include "report/rows.h"
#include "report/tables.h"

namespace biasbench::report {
namespace {

using nlohmann::json;
using record::Contrast;
using ::testing::HasSubstr;
using ::testing::Not;

class StudiesTest : public ReportTest {
 protected:
  const Results& Load() {
    sample_.WriteTo(folder_);
    results_ = LoadFolder(folder_);
    findings_ = FindAll(results_);
    return results_;
  }

  const Contrast& Get(const char* slug, const char* task, const record::AxisPair& pair) {
    const Contrast* contrast = Headline(FindingOf(findings_, slug), task, pair);
    if (contrast == nullptr) throw std::out_of_range(slug);
    return *contrast;
  }

  // The entry of `none` against `learned` on harmonic3 in the table of losses.
  std::string FindingInTable() const {
    for (const auto& cells : ContrastTable(FindingOf(findings_, "loss")).rows) {
      if (cells[0] == "`harmonic3`" && cells[2] == "`none`" && cells[3] == "`learned`") {
        return cells[7];
      }
    }
    return "";
  }

  // The row of a strategy on harmonic3 in the first screen's picture.
  double LossInFigure(const std::string& strategy) const {
    const std::vector<Figure> figures = MakeFigures(results_, findings_);
    const Figure& figure = *std::ranges::find(figures, "answer", &Figure::name);
    const Panel& panel = *std::ranges::find(figure.panels, "harmonic3", &Panel::title);
    const auto row = std::ranges::find(panel.lanes, strategy) - panel.lanes.begin() + 1;
    for (const Series& series : panel.series) {
      if (series.points[0].y == static_cast<double>(row)) return series.points[0].x;
    }
    return -1;
  }

  Results results_;
  std::vector<Finding> findings_;
};

const record::AxisPair kNoneLessLearned = {"strategy", "none", "learned"};
const record::AxisPair kFixedLessLearned = {"strategy", "fixed=1", "learned"};

TEST_F(StudiesTest, ExchangedLabelsChangeSentenceTableAndFigureAlike) {
  Load();
  EXPECT_THAT(Say(), HasSubstr("`none` higher (+0.495"));
  EXPECT_THAT(Say(), HasSubstr("No, not to save memory: at 784 inputs fixing biases saves 0.126 % "
                               "of the peak at most. On `harmonic3`"));
  EXPECT_EQ(FindingInTable(), "higher");
  EXPECT_LT(LossInFigure("learned"), LossInFigure("none"));
  const double learned = LossInFigure("learned");
  for (json* file : {&sample_.footprint, &sample_.convergence}) {
    for (json& row : (*file)["benchmarks"]) {
      const std::string strategy = row["strategy"];
      if (strategy == "learned") row["strategy"] = "none";
      if (strategy == "none") row["strategy"] = "learned";
    }
  }
  Load();
  EXPECT_THAT(Say(), HasSubstr("`none` lower (−0.495"));
  EXPECT_THAT(Say(), Not(HasSubstr("No, ")));
  EXPECT_THAT(Say(), HasSubstr("Yes, as far as this shows"));
  EXPECT_EQ(FindingInTable(), "lower");
  EXPECT_GT(LossInFigure("learned"), LossInFigure("none"));
  EXPECT_EQ(LossInFigure("none"), learned);
}

TEST_F(StudiesTest, FiveSeedsAreTooFewForAnyVerdict) {
  std::erase_if(sample_.convergence["benchmarks"].get_ref<json::array_t&>(),
                [](const json& row) { return row["seed"] > 5; });
  Load();
  EXPECT_THAT(Say(),
              HasSubstr("These rows cannot tell: too few seeds on `harmonic3` and `digits`"));
  EXPECT_THAT(Say(), HasSubstr("`none` too few seeds (5: +0.497)"));
  EXPECT_EQ(FindingInTable(), "too few seeds");
}

TEST(Reference, FiveSeedsAreTooFewForAnyVerdict) {
  Results results = LoadFolder(REFERENCE);
  int told = 0;
  for (const Finding& finding : FindAll(results)) {
    for (const Family& family : finding.families) {
      for (const Contrast& contrast : family)
        told += contrast.verdict != record::Verdict::kTooFewSeeds;
    }
  }
  EXPECT_GT(told, 50);
  for (auto* file : {&results.convergence, &results.stability}) {
    std::erase_if((*file)->rows, [](const ResultRow& row) { return row.NumberOrZero("seed") > 5; });
  }
  for (const Finding& finding : FindAll(results)) {
    for (const Family& family : finding.families) {
      for (const Contrast& contrast : family) {
        EXPECT_EQ(contrast.verdict, record::Verdict::kTooFewSeeds) << finding.study->slug;
      }
    }
  }
}

// A contrast that a wider network's few seeds cannot tell is read from a narrower one.
TEST_F(StudiesTest, TheHeadlineIsReadWhereItCanBeTold) {
  for (int seed = 1; seed <= 3; ++seed) {
    for (const char* strategy : {"learned", "none"}) {
      json row = ConvergenceRow("harmonic3", strategy, seed, 0.25);
      row["hidden"] = 2 * kHidden;
      sample_.convergence["benchmarks"].push_back(row);
    }
  }
  Load();
  const Contrast& contrast = Get("loss", "harmonic3", kNoneLessLearned);
  EXPECT_EQ(contrast.rows.front()->NumberOrZero("hidden"), kHidden);
  EXPECT_EQ(contrast.seeds, 8);
  EXPECT_EQ(contrast.family, 2U);
}

TEST_F(StudiesTest, SettingsOutOfTheOrdinaryAreNoHeadline) {
  for (json& row : sample_.convergence["benchmarks"]) row["weight_decay"] = 0.1;
  Load();
  EXPECT_EQ(Headline(FindingOf(findings_, "loss"), "harmonic3", kNoneLessLearned), nullptr);
  EXPECT_FALSE(FindingOf(findings_, "loss").families.empty());
}

TEST_F(StudiesTest, OtherStrategiesAreAFamilyOfTheirOwn) {
  Load();
  const Contrast& scaled =
      Get("other-strategies", "harmonic3", {"strategy", "scaled=0.1", "learned"});
  EXPECT_EQ(scaled.family, 2U);  // with sign_flipped
  EXPECT_EQ(scaled.verdict, record::Verdict::kHigher);
}

TEST_F(StudiesTest, BrightnessIsToldFromTheRowsCounters) {
  for (json& row : sample_.convergence["benchmarks"]) {
    const double seed = row["seed"];
    row.update(
        {{"test_scale", {0.125, 8}},
         {"test_accuracy", 0.9},
         {"test_accuracy_at_scale_0.125", row["strategy"] == "none" ? 0.9 : 0.8 - 0.01 * seed},
         {"test_accuracy_at_scale_8", 0.9}});
  }
  Load();
  EXPECT_EQ(Get("darker", "harmonic3", kNoneLessLearned).verdict, record::Verdict::kHigher);
  EXPECT_EQ(Get("brighter", "harmonic3", kNoneLessLearned).verdict,
            record::Verdict::kNoDifferenceSeen);
  EXPECT_THAT(Say(), HasSubstr("`none` stays at 0.900 [0.900–0.900]"));
  EXPECT_THAT(Say(), HasSubstr("`learned` goes from 0.900 [0.900–0.900] to 0.755 [0.730–0.780]"));
  const std::vector<Figure> figures = MakeFigures(results_, findings_);
  EXPECT_NE(std::ranges::find(figures, "brightness", &Figure::name), figures.end());
}

// `learned` takes 0.1 s; `fixed=1` had trained one epoch by then.
TEST_F(StudiesTest, EqualTimeComparesTheRunningLossThen) {
  for (json& row : sample_.convergence["benchmarks"]) row["train_seconds"] = 0.1;
  std::string& curves = sample_.curves;
  const std::string end = ",,,0.1,\n";
  for (std::size_t at = curves.find("fixed=1"); at != std::string::npos;
       at = curves.find("fixed=1", at + 1)) {
    std::size_t last = at;
    for (int line = 0; line < 3; ++line) last = curves.find('\n', last) + 1;
    curves.replace(last - end.size(), end.size(), ",,,0.2,\n");
  }
  Load();
  const Contrast& contrast = Get("equal-time", "digits", kFixedLessLearned);
  EXPECT_EQ(contrast.seeds, 8);
  EXPECT_NEAR(contrast.median, 0.01, 1e-12);
}

TEST(EqualStart, IsTheStrategyThatTrainsFromTheSameBiases) {
  EXPECT_EQ(EqualStartOf("none"), "learned");
  EXPECT_EQ(EqualStartOf("fixed=1"), "learned_from_one");
  EXPECT_EQ(EqualStartOf("fixed=2"), "");
  EXPECT_EQ(EqualStartOf("hashed_random"), "learned_from_random");
  EXPECT_EQ(EqualStartOf("learned"), "");
  EXPECT_EQ(EqualStartOf("bias_only"), "");
  EXPECT_EQ(EqualStartOf("of another version"), "");
}

}  // namespace
}  // namespace biasbench::report
