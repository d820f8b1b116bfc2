#include "schedule/parametrization.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <string>
#include <vector>

#include "reference/reference.h"
#include "schedule/parameters.h"

namespace biasbench::schedule {
namespace {

using reference::ReferenceNetwork;
using reference::ReferenceOutputs;
using reference::ToReference;

constexpr Shape kShape{.inputs = 16, .hidden = 900, .outputs = 4, .batch = 1};

ReferenceNetwork Drawn(const std::string& strategy, Parametrization parametrization) {
  memory::Ledger ledger;
  return ToReference(Parameters(ledger, {.shape = kShape,
                                         .strategy = bias::ParseSelection(strategy),
                                         .parametrization = parametrization,
                                         .seed = 3}));
}

// Thousands of draws come within 1 % of the ends.
void ExpectUniformWithin(double half_width, const std::vector<double>& values) {
  const auto [least, most] = std::ranges::minmax(values);
  EXPECT_NEAR(most, half_width, 0.01 * half_width);
  EXPECT_NEAR(least, -half_width, 0.01 * half_width);
}

TEST(Parametrization, StandardDrawsAsFrameworksDo) {
  for (const char* strategy : {"learned_from_random", "hashed_random", "bias_only_hashed"}) {
    const ReferenceNetwork network = Drawn(strategy, Parametrization::kStandard);
    ExpectUniformWithin(1.0 / 4, network.hidden_weights);   // 1/√16
    ExpectUniformWithin(1.0 / 30, network.output_weights);  // 1/√900
    ExpectUniformWithin(1.0 / 4, network.hidden_bias);
  }
}

TEST(Parametrization, MeanFieldHasVariancesOfTwoOverInputsAndOne) {
  const ReferenceNetwork network = Drawn("learned_from_random", Parametrization::kMeanField);
  ExpectUniformWithin(std::sqrt(6.0 / 16), network.hidden_weights);
  ExpectUniformWithin(std::sqrt(3.0), network.output_weights);
  ExpectUniformWithin(std::sqrt(3.0), network.hidden_bias);
}

TEST(Parametrization, OnlyMeanFieldDividesByTheWidth) {
  ReferenceNetwork network = Drawn("none", Parametrization::kStandard);
  const std::vector<double> x(kShape.inputs, 1);
  const double standard = ReferenceOutputs(network, x)[0];
  network.parametrization = Parametrization::kMeanField;
  EXPECT_DOUBLE_EQ(ReferenceOutputs(network, x)[0] * 900, standard);
}

}  // namespace
}  // namespace biasbench::schedule
