#include "report_decay.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "convergence_rows_fixture.h"

namespace biasbench::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// A decay of 0.1 costs `learned` 0.125, `fixed=1` 0.375, `none` as much as `learned`.
ResultFile Decays(int seeds = 10) {
  ResultFile file;
  for (int seed = 1; seed <= seeds; ++seed) {
    const double noise = 0.001 * seed;
    const auto add = [&](const char* strategy, double decay, bool decays_biases, double loss) {
      std::string settings = decay > 0 ? fmt::format("/weight_decay:{}", decay) : "";
      if (decays_biases) settings += "/decay_bias";
      file.rows.push_back(MakeRow({.strategy = strategy,
                                   .seed = seed,
                                   .train_loss = loss,
                                   .test_loss = 2 * loss,
                                   .settings = settings,
                                   .numbers = {{"weight_decay", decay}}}));
    };
    for (const double decay : {0.0, 0.01, 0.1}) {
      add("learned", decay, false, 0.25 + (1.25 + noise) * decay);
      add("fixed=1", decay, false, 0.25 + (3.75 + 2 * noise) * decay);
      add("none", decay, false, 0.5 + (1.25 + (seed % 2 == 0 ? 2 : 0) * noise) * decay);
      if (decay > 0) add("learned", decay, true, 0.25 + (1.5 + noise) * decay);
    }
  }
  return file;
}

TEST(Decay, SweepsFromNoneToTheStrongest) {
  const ResultFile file = Decays();
  const std::vector<DecaySweep> sweeps = DecaySweeps(file);
  ASSERT_EQ(sweeps.size(), 1U);
  EXPECT_EQ(sweeps[0].StrongestDecay(), 0.1);
  EXPECT_EQ(sweeps[0].decays.size(), 5U);
  EXPECT_EQ(DecayTable(sweeps[0]).rows.size(), 11U);
}

TEST(Decay, SaysWhetherFixedBiasesPayMore) {
  const std::string text = DescribeDecay(Decays());
  EXPECT_THAT(text, HasSubstr("a decay of 0.01 costs `learned` +0.012"));
  EXPECT_THAT(text, HasSubstr("a decay of 0.1 costs `learned` +0.126"));
  EXPECT_THAT(text, HasSubstr("with its biases decayed +0.15"));
  EXPECT_THAT(text, HasSubstr("beyond what it costs `learned`, `fixed=1` +0.25"));
  EXPECT_EQ(std::ranges::count(text, '\n'), 2) << "a point for each decay: " << text;
  EXPECT_TRUE(text.ends_with("(no difference seen)")) << text;
}

// Two decays are eight comparisons: 2^−7 of eight seeds is significant alone, but not eight times.
TEST(Decay, IsJudgedForAllComparisonsTogether) {
  EXPECT_THAT(DescribeDecay(Decays()), HasSubstr("(higher)"));
  EXPECT_THAT(DescribeDecay(Decays(8)), Not(HasSubstr("(higher)")));
  EXPECT_THAT(DescribeDecay(Decays(8)), HasSubstr("(too few seeds to tell)"));
}

TEST(Decay, PermutedLabelsGiveOtherSentences) {
  const std::string text =
      DescribeDecay(Permuted(Decays(), {{"fixed=1", "none"}, {"none", "fixed=1"}}));
  EXPECT_THAT(text, HasSubstr("(no difference seen), `none` +0.25"));
  EXPECT_THAT(DescribeDecay(Permuted(Decays(), {{"fixed=1", "learned"}, {"learned", "fixed=1"}})),
              HasSubstr("beyond what it costs `learned`, `fixed=1` −0.25"));
}

TEST(Decay, WithoutASweepIsUnknown) {
  ResultFile file = Decays();
  std::erase_if(file.rows, [](const Row& row) { return row.NumberOrZero("weight_decay") == 0; });
  EXPECT_THAT(DescribeDecay(file), HasSubstr("Unknown"));
}

TEST(Decay, IsDrawn) {
  const std::vector<Plot> plots = DecayFigures(Decays());
  ASSERT_EQ(plots.size(), 1U);
  EXPECT_EQ(plots[0].data_files.size(), 8U);
  EXPECT_THAT(plots[0].script, HasSubstr("learned, biases decayed"));
  EXPECT_THAT(Render(plots[0]), HasSubstr("</svg>"));
}

}  // namespace
}  // namespace biasbench::report
