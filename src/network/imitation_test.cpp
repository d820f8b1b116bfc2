#include "network/imitation.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "bias/strategies.h"
#include "data/centring.h"
#include "data/task.h"
#include "reference/reference.h"

namespace biasbench::network {
namespace {

using reference::ToReference;

schedule::Parameters Drawn(const std::string& strategy, memory::Ledger& ledger) {
  constexpr schedule::Shape kShape{.inputs = 64, .hidden = 700, .outputs = 10, .batch = 8};
  return {ledger,
          {.shape = kShape, .strategy = bias::ParseSelection(strategy), .seed = 5, .threads = 1}};
}

TEST(ImitationRatio, IsTheMeanOverNodesByItsFormula) {
  memory::Ledger ledger;
  const std::vector<double> means = MeanInputs(data::LoadTask("digits", ledger).train);
  for (const std::string strategy : {"fixed=1", "frozen_random", "hashed_random",
                                     "bias_only_hashed", "grouped=64", "learned_from_one"}) {
    const schedule::Parameters parameters = Drawn(strategy, ledger);
    const reference::ReferenceNetwork network = ToReference(parameters);
    double expected = 0;
    for (std::size_t h = 0; h < 700; ++h) {
      double product = 0;
      for (std::size_t d = 0; d < 64; ++d) product += network.hidden_weights[h * 64 + d] * means[d];
      expected += std::abs(product) / (std::abs(product) + std::abs(network.hidden_bias[h])) / 700;
    }
    const std::optional<double> one = ImitationRatio(parameters, means, 1);
    ASSERT_TRUE(one) << strategy;
    EXPECT_NEAR(*one, expected, 1e-9) << strategy;
    EXPECT_EQ(one, ImitationRatio(parameters, means, 3)) << strategy;
  }
}

TEST(ImitationRatio, IsOneWithoutBiasesAndABiasUnitsWeightIsABias) {
  memory::Ledger ledger;
  const std::vector<double> means = MeanInputs(data::LoadTask("digits", ledger).train);
  EXPECT_EQ(ImitationRatio(Drawn("none", ledger), means, 1), 1);
  const schedule::Parameters unit = Drawn("bias_unit", ledger);
  for (std::int64_t h = 0; h < 700; ++h) unit.hidden_weights.floats()[h * 65 + 64] = 1;
  EXPECT_EQ(ImitationRatio(unit, means, 1), ImitationRatio(Drawn("fixed=1", ledger), means, 1));
}

TEST(ImitationRatio, CentredInputsLeaveWeightsNothingToImitateWith) {
  memory::Ledger ledger;
  data::Task task = data::LoadTask("digits", ledger);
  data::CentreInputs(task, ledger);
  const std::vector<double> means = MeanInputs(task.train);
  for (const double mean : means) EXPECT_NEAR(mean, 0, 1e-6);
  EXPECT_LT(ImitationRatio(Drawn("fixed=1", ledger), means, 1).value(), 1e-5);
  const std::vector<double> nothing(64);
  EXPECT_FALSE(ImitationRatio(Drawn("learned", ledger), nothing, 1));
}

}  // namespace
}  // namespace biasbench::network
