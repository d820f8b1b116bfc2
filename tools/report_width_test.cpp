#include "report_width.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "convergence_rows_fixture.h"

namespace biasbench::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// In the mean field fixing costs 0.25 at every width and biases move by 0.5; in the standard
// parametrization it costs less and less, and they move by 50 / width.
ResultFile Widths(int seeds = 8) {
  ResultFile file;
  for (const double hidden : {100.0, 1000.0, 1e4}) {
    for (int seed = 1; seed <= seeds; ++seed) {
      const double noise = 0.001 * seed;
      const auto add = [&](const char* strategy, double loss, double moved, bool is_standard) {
        file.rows.push_back(MakeRow(
            {.strategy = strategy,
             .seed = seed,
             .train_loss = loss + noise,
             .hidden = hidden,
             .rate = is_standard ? 0.5 / hidden : 0.1,
             .settings = is_standard ? "/parametrization:standard" : "",
             .numbers = {{"hidden_bias_movement", moved}, {"hidden_weight_movement", 0.25}}}));
      };
      add("learned_from_random", 0.125, 0.5, false);
      add("frozen_random", 0.375 + noise, 0, false);
      add("learned_from_random", 0.125, 50 / hidden, true);
      add("frozen_random", 0.125 + 25 / hidden + (seed % 2 == 0 ? noise : -noise), 0, true);
    }
  }
  return file;
}

TEST(Widths, SetEqualRatesOrRatesTimesWidthBesideEachOther) {
  const ResultFile file = Widths();
  const std::vector<WidthSweep> sweeps = WidthSweeps(file);
  ASSERT_EQ(sweeps.size(), 2U);
  EXPECT_FALSE(sweeps[0].is_standard);
  EXPECT_TRUE(sweeps[1].is_standard);
  for (const WidthSweep& sweep : sweeps) {
    EXPECT_EQ(sweep.widths.size(), 3U);
    EXPECT_EQ(WidthTable(sweep).rows.size(), 6U);
  }
}

TEST(Widths, SayWhatFixingCostsAndHowFarBiasesMove) {
  const std::string text = DescribeWidths(Widths());
  EXPECT_THAT(text, HasSubstr("mean-field parametrization (rate 0.1): `frozen_random` less "
                              "`learned_from_random` +0.25"));
  EXPECT_THAT(text, HasSubstr("biases of `learned_from_random` moved by "
                              "0.500 [0.500–0.500] at 100 nodes"));
  EXPECT_THAT(text, HasSubstr("at 10,000 (× 1.00)"));
  EXPECT_THAT(text, HasSubstr("standard parametrization (rate 0.5 / width)"));
  EXPECT_THAT(text, HasSubstr("at 10,000 (× 0.0100)"));
}

// 2^−5 of six seeds is significant alone, but not at three widths.
TEST(Widths, AreJudgedTogether) {
  EXPECT_THAT(DescribeWidths(Widths(6)), Not(HasSubstr("(higher)")));
  const ResultFile file = Widths();
  EXPECT_THAT(DescribeWidths(file), HasSubstr("(higher) at 100 nodes"));
  EXPECT_THAT(WidthTable(WidthSweeps(file)[0]).rows[1][6], HasSubstr("(higher)"));
}

TEST(Widths, PermutedLabelsGiveOtherSentences) {
  const std::string text =
      DescribeWidths(Permuted(Widths(), {{"frozen_random", "learned_from_random"},
                                         {"learned_from_random", "frozen_random"}}));
  EXPECT_THAT(text, HasSubstr("less `learned_from_random` −0.25"));
  EXPECT_THAT(text, HasSubstr("biases of `learned_from_random` moved by 0"));
  EXPECT_THAT(text, Not(HasSubstr("(higher)")));
}

TEST(Widths, OfTwoAreNoSweep) {
  ResultFile file = Widths();
  std::erase_if(file.rows, [](const Row& row) { return row.NumberOrZero("hidden") == 1000; });
  EXPECT_TRUE(WidthSweeps(file).empty());
  EXPECT_THAT(DescribeWidths(file), HasSubstr("Unknown"));
  EXPECT_FALSE(WidthFigure(file));
}

TEST(Widths, AreDrawn) {
  const auto plot = WidthFigure(Widths());
  ASSERT_TRUE(plot);
  EXPECT_THAT(plot->script, HasSubstr("frozen_random, standard"));
  EXPECT_THAT(Render(*plot), HasSubstr("</svg>"));
}

}  // namespace
}  // namespace biasbench::report
