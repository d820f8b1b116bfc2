#include "network/movement.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "bias/strategies.h"
#include "reference/reference.h"

namespace biasbench::network {
namespace {

using reference::ToReference;

constexpr schedule::Shape kShape{.inputs = 5, .hidden = 1000, .outputs = 2, .batch = 8};

schedule::Parameters Drawn(const std::string& strategy, memory::Ledger& ledger) {
  return {ledger,
          {.shape = kShape, .strategy = bias::ParseSelection(strategy), .seed = 5, .threads = 1}};
}

double RootMeanSquare(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value * value;
  return std::sqrt(sum / static_cast<double>(values.size()));
}

TEST(Movement, IsNothingBeforeTheFirstStep) {
  for (const bias::Selection& strategy : bias::AllSelections()) {
    SCOPED_TRACE(strategy.Name());
    memory::Ledger ledger;
    const Movement movement = MeasureMovement(Drawn(strategy.Name(), ledger), 2);
    EXPECT_EQ(movement.hidden_weights, 0);
    EXPECT_EQ(movement.hidden_bias.value_or(0), 0);
    EXPECT_EQ(movement.hidden_bias.has_value(), strategy.Name() != "none");
  }
}

TEST(Movement, IsTheRootMeanSquareInInitialWeights) {
  for (const std::string strategy : {"learned", "learned_from_one", "learned_from_random"}) {
    memory::Ledger ledger;
    const schedule::Parameters parameters = Drawn(strategy, ledger);
    const double unit = RootMeanSquare(ToReference(parameters).hidden_weights);
    auto* biases = reinterpret_cast<float*>(parameters.hidden_bias.data());
    for (std::int64_t h = 0; h < kShape.hidden; ++h) {
      biases[h] += h % 2 == 0 ? 0.5F : -0.5F;
      parameters.hidden_weights.floats()[h * kShape.inputs] += 0.25F;
    }
    const Movement movement = MeasureMovement(parameters, 1);
    EXPECT_NEAR(*movement.hidden_bias, 0.5 / unit, 1e-6) << strategy;
    EXPECT_NEAR(movement.hidden_weights, 0.25 / std::sqrt(5) / unit, 1e-6) << strategy;
    EXPECT_EQ(movement.hidden_bias, MeasureMovement(parameters, 3).hidden_bias);
  }
}

TEST(Movement, ABiasUnitsWeightIsABias) {
  memory::Ledger ledger;
  const schedule::Parameters unit = Drawn("bias_unit", ledger);
  const double weight = RootMeanSquare(ToReference(Drawn("none", ledger)).hidden_weights);
  for (std::int64_t h = 0; h < kShape.hidden; ++h) unit.hidden_weights.floats()[h * 6 + 5] = 0.5F;
  const Movement movement = MeasureMovement(unit, 1);
  EXPECT_NEAR(*movement.hidden_bias, 0.5 / weight, 1e-6);
  EXPECT_EQ(movement.hidden_weights, 0);
}

}  // namespace
}  // namespace biasbench::network
