// The sentences on overfitting, on the frontier and on the rising error follow the data, not the
// strategies' names.
#include "report_evidence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "convergence_rows_fixture.h"
#include "report_frontier.h"
#include "report_gap.h"
#include "report_rise.h"
#include "report_seconds.h"

namespace biasbench::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const std::map<std::string, std::string> kSwapped = {{"none", "learned"}, {"learned", "none"}};

// Trained biases double the gap.
ResultFile Gaps(int seeds = 8) {
  ResultFile file;
  for (int seed = 1; seed <= seeds; ++seed) {
    const double noise = 0.001 * seed;
    for (const auto& [strategy, gap] : {std::pair("learned", 0.5), std::pair("none", 0.25)}) {
      file.rows.push_back(MakeRow({.strategy = strategy,
                                   .seed = seed,
                                   .train_loss = 0.125,
                                   .test_loss = 0.125 + gap * (1 + noise)}));
    }
  }
  return file;
}

TEST(Gap, IsSetWithAndWithoutTrainedBiases) {
  const std::string text = DescribeGap(Gaps());
  EXPECT_THAT(text, HasSubstr("8 seeds): +0.50"));
  EXPECT_THAT(text, HasSubstr("`learned` less `none` +0.25"));
  EXPECT_THAT(text, HasSubstr("(higher), `learned_from_one` less `fixed=1` unknown"));
  EXPECT_THAT(DescribeGap(Permuted(Gaps(), kSwapped)), HasSubstr("`learned` less `none` −0.25"));
  EXPECT_THAT(DescribeGap({}), HasSubstr("Unknown"));
}

// A second comparison beside the first: the rows of one pair of strategies under other names.
ResultFile WithMore(ResultFile file, const std::map<std::string, std::string>& names) {
  for (const Row& row : Permuted(file, names).rows) {
    if (std::ranges::none_of(
            file.rows, [&](const Row& any) { return any.where.Name() == row.where.Name(); })) {
      file.rows.push_back(row);
    }
  }
  return file;
}

// 2^−5 of six seeds is significant alone, but not twice.
TEST(Gap, IsJudgedForBothPairsTogether) {
  EXPECT_THAT(DescribeGap(Gaps(6)), HasSubstr("(higher)"));
  const ResultFile both = WithMore(Gaps(6), {{"learned", "learned_from_one"}, {"none", "fixed=1"}});
  EXPECT_THAT(DescribeGap(both), Not(HasSubstr("(higher)")));
  EXPECT_THAT(DescribeGap(both), HasSubstr("(too few seeds to tell)"));
}

TEST(Gap, IsThatOfTheSettingThatOverfitsTheMost) {
  ResultFile file = Gaps();
  for (Row row : Gaps().rows) {
    row.where.Set("max_samples", 9);
    row.numbers["test_loss"] = 4;
    file.rows.push_back(row);
  }
  EXPECT_THAT(DescribeGap(file), HasSubstr("samples:9, 8 seeds): +3.8"));
}

ResultFile EqualBytes(int seeds) {
  ResultFile file;
  for (int seed = 1; seed <= seeds; ++seed) {
    const double noise = 0.001 * seed;
    file.rows.push_back(MakeRow({.strategy = "learned",
                                 .seed = seed,
                                 .train_loss = 0.25,
                                 .hidden = 200,
                                 .numbers = {{"bias_bytes", 804}}}));
    file.rows.push_back(
        MakeRow({.strategy = "none", .seed = seed, .train_loss = 0.5 + noise, .hidden = 300}));
  }
  return file;
}

TEST(Frontier, IsJudgedForAllStrategiesTogether) {
  EXPECT_THAT(DescribeFrontier(EqualBytes(6)), HasSubstr("(higher)"));
  EXPECT_THAT(DescribeFrontier(WithMore(EqualBytes(6), {{"none", "fixed=1"}})),
              Not(HasSubstr("(higher)")));
}

TEST(Frontier, SaysWhatTheBiasesBytesBuy) {
  ResultFile file = EqualBytes(8);
  EXPECT_THAT(DescribeFrontier(file),
              HasSubstr("`sine` with 200 nodes: `none` with 300 nodes +0.25"));
  for (Row& row : file.rows) {
    if (row.strategy == "learned") row.numbers["train_loss"] = 1;
  }
  EXPECT_THAT(DescribeFrontier(file), HasSubstr("`none` with 300 nodes −0.49"));
  EXPECT_THAT(DescribeFrontier(Permuted(file, kSwapped)), HasSubstr("Unknown"));
}

// `learned` takes 4 s for four epochs; `none` is twice as fast, and worse.
struct Timed {
  explicit Timed(int seeds = 8, bool has_fixed = false) {
    for (int seed = 1; seed <= seeds; ++seed) {
      for (const auto& [strategy, pace, loss] :
           {std::tuple("learned", 1.0, 0.25), std::tuple("none", 0.5, 0.5),
            std::tuple("fixed=1", 0.5, 0.5)}) {
        if (std::string_view(strategy) == "fixed=1" && !has_fixed) continue;
        file.rows.push_back(MakeRow({.strategy = strategy,
                                     .seed = seed,
                                     .train_loss = loss,
                                     .numbers = {{"train_seconds", 4.0}}}));
        for (int epoch = 0; epoch <= 20; ++epoch) {
          curves.push_back({.name = file.rows.back().name,
                            .epoch = epoch,
                            .train_loss = loss + 0.001 * seed * epoch / pace,
                            .seconds = pace * epoch});
        }
      }
    }
  }
  ResultFile file;
  std::vector<CurvePoint> curves;
};

TEST(Seconds, CutCurvesAtTheTimeOfLearned) {
  const Timed timed;
  const Table table = SecondsTable(timed.file, timed.curves);
  ASSERT_EQ(table.rows.size(), 2U);
  EXPECT_EQ(table.rows[0][4], "4");
  EXPECT_EQ(table.rows[1][4], "8");
  EXPECT_THAT(DescribeSeconds(timed.file, timed.curves), HasSubstr("(4.00 s): `none` +0.30"));
  EXPECT_THAT(DescribeSeconds(timed.file, {}), HasSubstr("Unknown"));
}

TEST(Seconds, HaveNoBudgetWhereLearnedDiverged) {
  Timed timed;
  for (Row& row : timed.file.rows) row.status = "diverged";
  for (CurvePoint& point : timed.curves) point.train_loss = 1e69;
  EXPECT_TRUE(SecondsTable(timed.file, timed.curves).rows.empty());
  EXPECT_THAT(DescribeSeconds(timed.file, timed.curves), HasSubstr("Unknown"));
}

TEST(Seconds, AreJudgedForAllStrategiesTogether) {
  const Timed one(6);
  EXPECT_THAT(DescribeSeconds(one.file, one.curves), HasSubstr("(higher)"));
  const Timed two(6, /*has_fixed=*/true);
  EXPECT_THAT(DescribeSeconds(two.file, two.curves), Not(HasSubstr("(higher)")));
}

TEST(Seconds, FollowTheLabels) {
  Timed timed;
  timed.file = Permuted(timed.file, kSwapped);
  std::size_t i = 0;
  for (CurvePoint& point : timed.curves) point.name = timed.file.rows[i++ / 21].name;
  EXPECT_THAT(DescribeSeconds(timed.file, timed.curves), HasSubstr("(4.00 s): `none` −0.30"));
}

// With the wrong sign the loss of `learned` rises in epoch 1, that of scaled updates in epoch 6.
struct Rising {
  Rising() {
    for (int seed = 1; seed <= 8; ++seed) {
      for (const auto& [strategy, rise] : {std::pair("learned", 1), std::pair("scaled=0.1", 6)}) {
        for (const bool is_wrong : {false, true}) {
          Row row = MakeRow(
              {.strategy = strategy, .seed = seed, .settings = is_wrong ? "/bias_sign:wrong" : ""});
          if (is_wrong) row.label += " (wrong)";
          file.rows.push_back(row);
          for (int epoch = 0; epoch <= 9; ++epoch) {
            const bool has_risen = is_wrong && epoch >= rise;
            curves.push_back({.name = row.name,
                              .epoch = epoch,
                              .train_loss = has_risen ? 2.0 : 1.0 - 0.01 * epoch});
          }
        }
      }
    }
  }
  ResultFile file;
  std::vector<CurvePoint> curves;
};

TEST(Rise, IsDelayedByScaling) {
  const Rising rising;
  EXPECT_THAT(
      DescribeRise(rising.file, rising.curves),
      HasSubstr("`learned (wrong)` 1; `scaled=0.1 (wrong)` 6, later by +5.00 [+5.00, +5.00]"));
  EXPECT_THAT(DescribeRise(rising.file, {}), HasSubstr("Unknown"));
}

// A sign turned in one layer alone has a `learned` of its own: it is not what the others' delay is
// measured against.
TEST(Rise, IsSetAgainstTheSameSign) {
  Rising rising;
  ResultFile file;
  for (const Row& row : rising.file.rows) {
    if (row.label == "learned (wrong)") {
      Row hidden = row;
      hidden.where.Set("bias_sign", "wrong_hidden");
      hidden.name = hidden.where.Name();
      hidden.label = "learned (wrong_hidden)";
      file.rows.push_back(hidden);
      for (int epoch = 0; epoch <= 9; ++epoch) {
        rising.curves.push_back({.name = hidden.name, .epoch = epoch, .train_loss = 1});
      }
    }
    file.rows.push_back(row);
  }
  EXPECT_THAT(DescribeRise(file, rising.curves),
              HasSubstr("`learned (wrong_hidden)` never; `learned (wrong)` 1; "
                        "`scaled=0.1 (wrong)` 6, later by +5.00 [+5.00, +5.00]"));
}

TEST(Rise, ThatNeverComesIsSaid) {
  Rising rising;
  for (CurvePoint& point : rising.curves) {
    if (point.name.find("scaled") != std::string::npos) point.train_loss = 0.5;
  }
  EXPECT_THAT(DescribeRise(rising.file, rising.curves),
              ::testing::EndsWith("`scaled=0.1 (wrong)` never"));
}

TEST(Rise, FollowsTheLabels) {
  Rising rising;
  rising.file = Permuted(rising.file, {{"learned", "scaled=0.1"}, {"scaled=0.1", "learned"}});
  std::size_t i = 0;
  for (CurvePoint& point : rising.curves) point.name = rising.file.rows[i++ / 10].name;
  EXPECT_THAT(DescribeRise(rising.file, rising.curves), HasSubstr("later by −5.00"));
}

TEST(Evidence, HasASentenceForEachClaim) {
  const Rising rising;
  const std::vector<Sentence> sentences = Evidence(rising.file, rising.curves);
  EXPECT_EQ(sentences.size(), 6U);
  for (const Sentence& sentence : sentences) EXPECT_FALSE(sentence.text.empty());
  EXPECT_THAT(sentences.back().text, Not(HasSubstr("Unknown")));
}

}  // namespace
}  // namespace biasbench::report
