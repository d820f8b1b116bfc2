#include "report_pairs.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "named_row_fixture.h"

namespace biasbench::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Row LossRow(const std::string& strategy, int seed, double loss, int hidden = 100) {
  Row row;
  row.name =
      fmt::format("convergence/sine/{}/recompute/sgd/hidden:{}/seed:{}", strategy, hidden, seed);
  row.where = WhereOf(row.name);
  row.strategy = row.label = strategy;
  row.task = "sine";
  row.status = std::isinf(loss) ? "diverged" : "ok";
  row.numbers = {{"seed", seed}, {"hidden", hidden}, {"train_loss", loss}};
  return row;
}

// `none` is above `learned` in every seed, `shared` now above and now below, `sign_flipped`
// diverges; fixed=1 is above its own control.
ResultFile Losses(int seeds, const std::map<std::string, std::string>& labels = {}) {
  ResultFile file;
  for (int seed = 1; seed <= seeds; ++seed) {
    const double base = 0.1 + 0.01 * ((seed * 7) % 5);
    const std::vector<std::pair<std::string, double>> losses = {
        {"learned", base},
        {"none", base + 0.4 + 0.001 * seed},
        {"shared", base + (seed % 2 == 0 ? 0.001 : -0.001) * seed},
        {"sign_flipped", HUGE_VAL},
        {"learned_from_one", base + 0.2},
        {"fixed=1", base + 0.3 + 0.001 * seed}};
    for (const auto& [strategy, loss] : losses) {
      const auto label = labels.find(strategy);
      file.rows.push_back(LossRow(label == labels.end() ? strategy : label->second, seed, loss));
    }
  }
  return file;
}

std::string Say(const ResultFile& file) {
  return DescribePairs(PairSettings(file, "train_loss"), "Final training loss");
}

TEST(ControlOf, HasTheSameInitialValue) {
  EXPECT_EQ(ControlOf("none"), "learned");
  EXPECT_EQ(ControlOf("grouped=64"), "learned");
  EXPECT_EQ(ControlOf("fixed=1"), "learned_from_one");
  EXPECT_EQ(ControlOf("fixed=0.5"), "");
  EXPECT_EQ(ControlOf("frozen_random"), "learned_from_random");
  EXPECT_EQ(ControlOf("learned"), "");
  EXPECT_EQ(ControlOf("bias_only"), "");
  EXPECT_EQ(ControlOf("from a later version"), "");
}

TEST(Pairs, TellDifferencesFromNoise) {
  const std::string text = Say(Losses(10));
  EXPECT_THAT(text, HasSubstr("`none` against `learned` is higher: +0.40"));
  EXPECT_THAT(text, HasSubstr("`fixed=1` against `learned_from_one` is higher: +0.10"));
  EXPECT_THAT(text, HasSubstr("`sign_flipped` against `learned` diverges in 10 of 10 seeds"));
  EXPECT_THAT(text, HasSubstr("no difference seen: `shared` against `learned`"));
}

TEST(Pairs, ThatBothDivergedAreNotAlike) {
  ResultFile file = Losses(10);
  for (Row& row : file.rows) {
    if (row.strategy == "learned" || row.strategy == "none") row.status = "diverged";
  }
  EXPECT_THAT(Say(file), HasSubstr("`fixed=1` against `learned_from_one` is higher"));
  EXPECT_THAT(Say(file), Not(HasSubstr("no difference seen")));
  for (Row& row : file.rows) row.status = "diverged";
  EXPECT_THAT(Say(file), HasSubstr("Unknown: no strategy was run with its control"));
}

TEST(Pairs, OfTooFewSeedsSayNothing) {
  EXPECT_THAT(Say(Losses(3)), HasSubstr("too few seeds to tell: `none`, `shared`, "
                                        "`sign_flipped` against `learned`, `fixed=1` against "
                                        "`learned_from_one`"));
  EXPECT_THAT(Say(Losses(3)), Not(HasSubstr("no difference")));
  EXPECT_THAT(Say(Losses(2)), HasSubstr("Unknown"));
}

// A wider setting with fewer seeds has a point of its own once it can be told from chance: the pair
// of eight seeds is judged alone, whatever else was run over three.
TEST(Pairs, OfTheWidestTestedSettingAreSaidToo) {
  ResultFile file = Losses(10);
  const auto add = [&](const char* strategy, int first_seed, int last_seed, double loss) {
    for (int seed = first_seed; seed <= last_seed; ++seed) {
      file.rows.push_back(LossRow(strategy, seed, loss + 0.001 * seed * loss, 1000));
    }
  };
  add("learned", 1, 5, 0.1);
  add("none", 1, 5, 0.2);
  EXPECT_THAT(Say(file), Not(HasSubstr("1,000 hidden nodes")));
  for (const char* strategy : {"shared", "sign_flipped", "scaled=0.1", "bias_unit", "grouped=64",
                               "error_inverse", "stateless_bias"}) {
    add(strategy, 1, 3, 0.3);
  }
  add("learned", 6, 8, 0.1);
  add("none", 6, 8, 0.2);
  EXPECT_THAT(Say(file),
              HasSubstr("(100 hidden nodes, 10 seeds): `none` against `learned` is higher"));
  EXPECT_THAT(Say(file),
              HasSubstr("(1,000 hidden nodes, 8 seeds): `none` against `learned` is higher"));
  const std::vector<PairedSetting> settings = PairSettings(file, "train_loss");
  EXPECT_THAT(PairedTable(settings[1], "Loss").caption,
              HasSubstr("Holm's adjustment for 1 comparison of six seeds or more"));
}

// The sentences follow the data, not the names.
TEST(Pairs, PermutedLabelsGiveOtherSentences) {
  const std::string text = Say(Losses(10, {{"none", "shared"},
                                           {"shared", "none"},
                                           {"fixed=1", "learned_from_one"},
                                           {"learned_from_one", "fixed=1"}}));
  EXPECT_THAT(text, HasSubstr("`shared` against `learned` is higher: +0.40"));
  EXPECT_THAT(text, HasSubstr("`fixed=1` against `learned_from_one` is lower: −0.10"));
  EXPECT_THAT(text, HasSubstr("no difference seen: `none` against `learned`"));
}

TEST(Pairs, AreOfTheSameSeed) {
  ResultFile file = Losses(10);
  for (Row& row : file.rows) {
    if (row.strategy != "learned") continue;
    row.numbers["seed"] += 100;
  }
  EXPECT_THAT(Say(file), Not(HasSubstr("against `learned` ")));
}

TEST(PairedTable, HasARowForEachPair) {
  const ResultFile file = Losses(10);
  const std::vector<PairedSetting> settings = PairSettings(file, "train_loss");
  ASSERT_EQ(settings.size(), 1U);
  const Table table = PairedTable(settings[0], "Loss");
  ASSERT_EQ(table.rows.size(), 4U);
  for (const auto& row : table.rows) EXPECT_EQ(row.size(), table.columns.size());
  EXPECT_EQ(table.rows[2][3], "10");  // sign_flipped's diverged seeds
}

}  // namespace
}  // namespace biasbench::report
