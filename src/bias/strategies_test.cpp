#include "bias/strategies.h"

#include <gtest/gtest.h>

#include <set>
#include <stdexcept>
#include <string>
#include <utility>

namespace biasbench::bias {
namespace {

double MultiplierOf(std::string_view name, const Signals& signals) {
  const BiasMultipliers multipliers = ParseSelection(name).Multipliers(signals);
  EXPECT_EQ(multipliers.hidden, multipliers.output);
  return multipliers.hidden;
}

TEST(Strategies, NamesAreUniqueAndParseBackToThemselves) {
  std::set<std::string> names;
  for (const Selection& selection : AllSelections()) {
    EXPECT_TRUE(names.insert(selection.Name()).second) << selection.Name();
    const Selection parsed = ParseSelection(selection.Name());
    EXPECT_EQ(parsed.strategy, selection.strategy);
    EXPECT_EQ(parsed.value, selection.value);
    EXPECT_FALSE(selection.strategy->summary.empty());
  }
  EXPECT_TRUE(names.contains("fixed=1"));
  EXPECT_TRUE(names.contains("fixed=0.5"));
  EXPECT_TRUE(names.contains("grouped=64"));
}

TEST(Strategies, FamiliesTakeAValueAndHaveADefault) {
  EXPECT_EQ(ParseSelection("fixed").Name(), "fixed=1");
  EXPECT_EQ(ParseSelection("fixed=-0.25").initial_value(), -0.25F);
  EXPECT_EQ(ParseSelection("grouped=256").group(), 256);
}

TEST(Strategies, BadSelectionsAreRefusedWithWhatIsAccepted) {
  for (const char* text : {"", "learnd", "learned=1", "fixed=", "fixed=x", "fixed=nan", "fixed=1e9",
                           "fixed=1 ", "grouped=3", "grouped=512", "grouped=1", "grouped=2.5",
                           "scaled=inf", "scaled=-1", "none="}) {
    EXPECT_THROW(ParseSelection(text), std::invalid_argument) << text;
  }
  try {
    ParseSelection("grouped=3");
  } catch (const std::invalid_argument& error) {
    EXPECT_NE(std::string(error.what()).find("power of two, a number from 2 to 256"),
              std::string::npos)
        << error.what();
  }
}

TEST(Strategies, SignsTurnOneLayerOrBothAndTwiceIsRight) {
  const auto multipliers = [](const char* name, BiasSign sign) {
    const BiasMultipliers of_layers = ParseSelection(name).Multipliers({}, sign);
    return std::pair(of_layers.hidden, of_layers.output);
  };
  EXPECT_EQ(multipliers("scaled=0.5", BiasSign::kWrong), std::pair(-0.5, -0.5));
  EXPECT_EQ(multipliers("learned", BiasSign::kWrongHidden), std::pair(-1.0, 1.0));
  EXPECT_EQ(multipliers("learned", BiasSign::kWrongOutput), std::pair(1.0, -1.0));
  EXPECT_EQ(multipliers("sign_flipped", BiasSign::kWrong), std::pair(1.0, 1.0));
  EXPECT_EQ(multipliers("sign_flipped", BiasSign::kWrongHidden), std::pair(1.0, -1.0));
  EXPECT_EQ(multipliers("none", BiasSign::kWrong), std::pair(0.0, 0.0));
}

TEST(Strategies, MultipliersFollowTheSignals) {
  const Signals signals{.train_loss = 0.2, .initial_loss = 1.0, .validation_loss = 0.5};
  EXPECT_EQ(MultiplierOf("learned", signals), 1);
  EXPECT_EQ(MultiplierOf("scaled=0.3", signals), 0.3);
  EXPECT_EQ(MultiplierOf("sign_flipped", signals), -1);
  EXPECT_DOUBLE_EQ(MultiplierOf("error_proportional", signals), 0.2);
  EXPECT_DOUBLE_EQ(MultiplierOf("error_inverse", signals), 0.5);
  EXPECT_DOUBLE_EQ(MultiplierOf("gap_proportional", signals), 0.6);
}

TEST(Strategies, MultipliersAreBounded) {
  const Signals risen{.train_loss = 4, .initial_loss = 1, .validation_loss = 2};
  EXPECT_EQ(MultiplierOf("error_proportional", risen), 1);
  EXPECT_EQ(MultiplierOf("gap_proportional", risen), 0);
  const Signals fallen{.train_loss = 1e-9, .initial_loss = 1, .validation_loss = 1};
  EXPECT_EQ(MultiplierOf("error_inverse", fallen), 1);
}

TEST(Strategies, OnlyUpdatedBiasesHaveAMultiplier) {
  for (const char* name : {"fixed=1", "none", "frozen_random", "hashed_random"}) {
    EXPECT_FALSE(ParseSelection(name).trains_bias()) << name;
  }
  EXPECT_TRUE(ParseSelection("bias_unit").trains_bias());
}

TEST(Strategies, TheOutputBiasFollowsTheStrategy) {
  EXPECT_TRUE(ParseSelection("learned").stores_output_bias());
  EXPECT_TRUE(ParseSelection("bias_unit").stores_output_bias());
  for (const char* name : {"fixed=2", "none", "hashed_random"}) {
    EXPECT_FALSE(ParseSelection(name).stores_output_bias()) << name;
  }
  EXPECT_EQ(ParseSelection("fixed=2").initial_output_bias(), 2);
  EXPECT_EQ(ParseSelection("none").initial_output_bias(), 0);
  EXPECT_EQ(ParseSelection("learned_from_one").initial_output_bias(), 1);
}

}  // namespace
}  // namespace biasbench::bias
