// The reference's gradients of every strategy's parameter groups against central differences of the
// loss, all in double precision: what the kernels are held against must itself be right.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "bias/strategies.h"
#include "random/philox.h"
#include "reference/gradient_check.h"
#include "reference/reference.h"

namespace biasbench::reference {
namespace {

using kernel::ActivationKind;
using schedule::Parametrization;
using schedule::Shape;

constexpr auto kMeanField = Parametrization::kMeanField;

using Forward = std::function<Values(const ReferenceNetwork&, const Values&)>;
using Backward =
    std::function<ReferenceGradients(const ReferenceNetwork&, const Values&, const Values&)>;

Values Noise(std::int64_t size, random::Seed seed) {
  std::vector<float> values(static_cast<std::size_t>(size));
  random::FillUniform(seed, random::Stream::kNoise, 0, 1, values);
  return {values.begin(), values.end()};
}

// The names of the parameter groups whose gradient is off by more than 1e-6 of its norm.
std::vector<std::string> GroupsAtFault(const bias::Selection& strategy, const LossInDouble& loss,
                                       const Shape& shape, const Forward& forward,
                                       const Backward& backward,
                                       Parametrization parametrization = kMeanField,
                                       ActivationKind activation = ActivationKind::kRelu) {
  memory::Ledger ledger;
  const schedule::Parameters parameters(ledger, {.shape = shape,
                                                 .strategy = strategy,
                                                 .parametrization = parametrization,
                                                 .activation = activation,
                                                 .seed = 4});
  const ReferenceNetwork network = ToReference(parameters);
  const Values x = Noise(shape.batch * shape.inputs, 5);
  for (const double z : ReferencePreActivations(network, x)) EXPECT_GT(std::abs(z), 1e-4);
  const ReferenceGradients gradients = backward(network, x, loss.gradient(forward(network, x)));

  const ReferenceGradients expected = CentralDifferences(network, x, loss);
  std::vector<std::string> at_fault;
  for (const GradientGroup& group : kGradientGroups) {
    EXPECT_GT(std::ranges::count_if(expected.*group.gradients, [](double g) { return g != 0; }), 0)
        << group.name;
    if (!(RelativeError(expected.*group.gradients, gradients.*group.gradients) <= 1e-6)) {
      at_fault.emplace_back(group.name);
    }
  }
  return at_fault;
}

constexpr Shape kShape{.inputs = 3, .hidden = 70, .outputs = 3, .batch = 4};

LossInDouble AnyLoss(bool is_classification) {
  return is_classification ? CrossEntropyInDouble({2, 0, 1, 2}, 3)
                           : SquaredErrorInDouble(Noise(kShape.batch * kShape.outputs, 6));
}

TEST(ReferenceGradients, MatchCentralDifferencesForEveryStrategyAndLoss) {
  for (const bias::Selection& strategy : bias::AllSelections()) {
    for (const bool is_classification : {false, true}) {
      for (const Parametrization parametrization : {kMeanField, Parametrization::kStandard}) {
        EXPECT_EQ(GroupsAtFault(strategy, AnyLoss(is_classification), kShape, ReferenceOutputs,
                                ReferenceBackward, parametrization),
                  std::vector<std::string>{})
            << strategy.Name() << NameOf(parametrization);
      }
    }
  }
}

// Few nodes: the C library's tanh takes its time.
TEST(ReferenceGradients, OfTanhMatchCentralDifferencesForEveryStrategyAndLoss) {
  constexpr Shape kSmall{.inputs = 3, .hidden = 9, .outputs = 3, .batch = 4};
  for (const bias::Selection& strategy : bias::AllSelections()) {
    for (const bool is_classification : {false, true}) {
      EXPECT_EQ(GroupsAtFault(strategy, AnyLoss(is_classification), kSmall, ReferenceOutputs,
                              ReferenceBackward, kMeanField, ActivationKind::kTanh),
                std::vector<std::string>{})
          << strategy.Name();
    }
  }
}

TEST(ReferenceGradients, APlantedWrongSignIsCaught) {
  const auto wrong = [](const ReferenceNetwork& network, const Values& x, const Values& delta) {
    ReferenceGradients gradients = ReferenceBackward(network, x, delta);
    for (double& g : gradients.hidden_bias) g = -g;
    return gradients;
  };
  EXPECT_EQ(GroupsAtFault(bias::ParseSelection("learned"), AnyLoss(false), kShape, ReferenceOutputs,
                          wrong),
            std::vector<std::string>{"hidden_bias"});
}

TEST(ReferenceGradients, APlantedDroppedBiasTermIsCaught) {
  const auto without_bias = [](ReferenceNetwork network) {
    std::ranges::fill(network.hidden_bias, 0.0);
    return network;
  };
  const auto forward = [&](const ReferenceNetwork& network, const Values& x) {
    return ReferenceOutputs(without_bias(network), x);
  };
  const auto backward = [&](const ReferenceNetwork& network, const Values& x, const Values& delta) {
    return ReferenceBackward(without_bias(network), x, delta);
  };
  EXPECT_FALSE(
      GroupsAtFault(bias::ParseSelection("fixed=1"), AnyLoss(false), kShape, forward, backward)
          .empty());
}

}  // namespace
}  // namespace biasbench::reference
