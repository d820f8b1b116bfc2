#include "record/contrast.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

namespace biasbench::record {
namespace {

const AxisPair kNoneLessLearned = {"strategy", "none", "learned"};

struct Rows {
  void Add(const std::string& strategy, int seed, double loss, int hidden = 1000,
           const std::string& status = "ok") {
    ResultRow row;
    row.program = "convergence";
    row.status = status;
    row.where.Set("strategy", strategy);
    row.where.Set("hidden", hidden);
    row.where.Set("epochs", 2);
    row.where.Set("seed", seed);
    row.numbers = {{"seed", seed}, {"train_loss", loss}};
    rows.push_back(row);
  }

  std::vector<Contrast> Find(const AxisPair& pair = kNoneLessLearned) const {
    RowGroup group;
    for (const ResultRow& row : rows) group.push_back(&row);
    return FindContrasts(group, pair, QuantityOf("train_loss"));
  }
  // The one contrast there is, judged in a family of so many like it.
  Contrast Judge(std::size_t family) const {
    std::vector<Contrast> contrasts(family, Find().at(0));
    JudgeFamily(contrasts);
    return contrasts[0];
  }

  std::vector<ResultRow> rows;
};

// `none` ends 0.1 · seed above `learned`.
Rows Higher(int seeds) {
  Rows rows;
  for (int seed = 1; seed <= seeds; ++seed) {
    rows.Add("learned", seed, 10 - seed);
    rows.Add("none", seed, 10 - seed + 0.1 * seed);
  }
  return rows;
}

TEST(Contrast, PairsBySeed) {
  const Contrast contrast = Higher(8).Judge(1);
  EXPECT_EQ(contrast.seeds, 8);
  EXPECT_NEAR(contrast.median, 0.45, 1e-12);
  EXPECT_NEAR(contrast.interval.low, 0.2, 1e-12);
  EXPECT_NEAR(contrast.interval.high, 0.7, 1e-12);
  EXPECT_EQ(contrast.p, 1.0 / 128);
  EXPECT_EQ(contrast.verdict, Verdict::kHigher);
}

TEST(Contrast, TheOtherWayRoundIsTheOtherWord) {
  std::vector<Contrast> contrasts = Higher(8).Find({"strategy", "learned", "none"});
  JudgeFamily(contrasts);
  EXPECT_NEAR(contrasts.at(0).median, -0.45, 1e-12);
  EXPECT_EQ(Say(contrasts[0].verdict), "lower");
}

// Batches of one have a best rate of their own; what does not follow must be equal all the same.
TEST(Contrast, PairsWhatFollowsFromTheAxis) {
  Rows rows;
  const auto add = [&](int batch, double rate, int hidden, int seed, double loss) {
    rows.Add("learned", seed, loss, hidden);
    rows.rows.back().where.Set("batch", batch);
    rows.rows.back().where.Set("learning_rate", rate);
  };
  for (int seed = 1; seed <= 8; ++seed) {
    add(1, 0.075, 1000, seed, 0.2);
    add(64, 0.6, 1000, seed, 0.8);
    add(64, 0.6, 500, seed, 0.9);
  }
  EXPECT_TRUE(rows.Find({"batch", "1", "64"}).empty());
  const std::vector<Contrast> contrasts = rows.Find({"batch", "1", "64", {"learning_rate"}});
  ASSERT_EQ(contrasts.size(), 1U);
  EXPECT_EQ(contrasts[0].seeds, 8);
  EXPECT_NEAR(contrasts[0].median, -0.6, 1e-12);
  EXPECT_EQ(contrasts[0].baseline_rows.size(), 8U);
}

TEST(Contrast, LeavesOutRowsWithoutTheQuantity) {
  Rows rows = Higher(8);
  rows.Add("none", 9, 0);
  rows.Add("learned", 9, 0);
  rows.rows.back().numbers.erase("train_loss");
  const std::vector<Contrast> contrasts = rows.Find();
  ASSERT_EQ(contrasts.size(), 1U);
  EXPECT_EQ(contrasts[0].rows.size(), 9U);
  EXPECT_EQ(contrasts[0].baseline_rows.size(), 8U);
  EXPECT_EQ(contrasts[0].seeds, 8);
}

// Six contrasts are the most of eight seeds that can pass together.
TEST(Contrast, TheFamilysSizeDecidesWhatAreTooFewSeeds) {
  EXPECT_EQ(Higher(8).Judge(6).verdict, Verdict::kHigher);
  EXPECT_EQ(Higher(8).Judge(6).adjusted_p, 6.0 / 128);
  EXPECT_EQ(Higher(8).Judge(7).verdict, Verdict::kTooFewSeeds);
  EXPECT_EQ(Higher(9).Judge(7).verdict, Verdict::kHigher);
  EXPECT_EQ(Higher(5).Judge(1).verdict, Verdict::kTooFewSeeds);
  EXPECT_EQ(Higher(5).Judge(1).interval.low, -HUGE_VAL);
}

TEST(Contrast, SeesNoDifferenceWhereSignsChange) {
  Rows rows;
  for (int seed = 1; seed <= 8; ++seed) {
    rows.Add("learned", seed, 1);
    rows.Add("none", seed, seed % 2 == 0 ? 1.1 : 0.91);
  }
  EXPECT_EQ(rows.Judge(1).verdict, Verdict::kNoDifferenceSeen);
}

TEST(Contrast, OfEqualRowsIsNoDifferenceSeen) {
  Rows rows;
  for (int seed = 1; seed <= 8; ++seed) {
    for (const char* strategy : {"learned", "none"}) rows.Add(strategy, seed, 0.5);
  }
  EXPECT_EQ(rows.Judge(6).verdict, Verdict::kNoDifferenceSeen);
}

TEST(Contrast, AllElseIsEqual) {
  Rows rows = Higher(8);
  for (int seed = 1; seed <= 8; ++seed) rows.Add("none", seed, 99, 2000);  // no `learned` there
  EXPECT_EQ(rows.Find().size(), 1U);
  for (int seed = 3; seed <= 9; ++seed) rows.Add("learned", seed, 100, 2000);
  const std::vector<Contrast> contrasts = rows.Find();
  ASSERT_EQ(contrasts.size(), 2U);
  EXPECT_EQ(contrasts[1].seeds, 6);
  EXPECT_EQ(contrasts[1].median, -1);
  EXPECT_EQ(rows.Find({"hidden", "2000", "1000"}).size(), 2U);
}

// Weights in float32 have no products of bfloat16, which a name tells all the same.
TEST(Contrast, FormatsAreComparedWhateverTheProductsAre) {
  Rows rows;
  for (int seed = 1; seed <= 8; ++seed) {
    rows.Add("learned", seed, 1);
    rows.rows.back().where.Set("weights_format", "float32");
    for (const char* products : {"processor", "widened"}) {
      rows.Add("learned", seed, products == std::string("widened") ? 3 : 2);
      rows.rows.back().where.Set("weights_format", "bfloat16");
      rows.rows.back().where.Set("bfloat16_products", products);
    }
  }
  const std::vector<Contrast> contrasts = rows.Find({"weights_format", "bfloat16", "float32"});
  ASSERT_EQ(contrasts.size(), 2U);
  EXPECT_EQ(contrasts[0].median, 1);
  EXPECT_EQ(contrasts[1].median, 2);
  EXPECT_EQ(contrasts[1].seeds, 8);
  EXPECT_EQ(rows.Find({"bfloat16_products", "widened", "processor"}).size(), 1U);
}

TEST(Contrast, ATrainingThatDivergedIsBeyondAll) {
  Rows rows;
  for (int seed = 1; seed <= 9; ++seed) {
    rows.Add("learned", seed, 1, 1000, seed == 9 ? "diverged" : "ok");
    rows.Add("none", seed, seed, 1000, seed >= 5 ? "diverged" : "ok");
  }
  const Contrast contrast = rows.Judge(1);
  EXPECT_EQ(contrast.seeds, 8);  // in the ninth both did
  EXPECT_EQ(contrast.diverged, 4);
  EXPECT_EQ(contrast.baseline_diverged, 0);
  EXPECT_EQ(contrast.median, HUGE_VAL);
  EXPECT_EQ(contrast.verdict, Verdict::kHigher);
}

TEST(Contrast, RowsThatDidNotEndHaveNoPart) {
  Rows rows = Higher(8);
  rows.rows[0].status = "killed";
  EXPECT_EQ(rows.Judge(1).seeds, 7);
  rows.rows[3].numbers["train_loss"] = std::numeric_limits<double>::quiet_NaN();  // not finite
  EXPECT_EQ(rows.Judge(1).diverged, 1);
}

}  // namespace
}  // namespace biasbench::record
