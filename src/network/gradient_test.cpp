// The reference's gradients of every strategy's parameter groups against central differences of the
// loss, all in double precision: what the kernels are held against must itself be right.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "bias/strategies.h"
#include "kernel/reference.h"
#include "random/philox.h"

namespace biasbench::network {
namespace {

using kernel::ReferenceGradients;
using kernel::ReferenceNetwork;

using Values = std::vector<double>;
using Forward = std::function<Values(const ReferenceNetwork&, const Values&)>;
using Backward =
    std::function<ReferenceGradients(const ReferenceNetwork&, const Values&, const Values&)>;

Values Noise(std::int64_t size, random::Seed seed) {
  std::vector<float> values(static_cast<std::size_t>(size));
  random::FillUniform(seed, random::Stream::kNoise, 0, 1, values);
  return {values.begin(), values.end()};
}

// Mean loss and its gradient δ with respect to the outputs.
struct LossInDouble {
  std::function<double(const Values& outputs)> loss;
  std::function<Values(const Values& outputs)> gradient;
};

LossInDouble SquaredError(const Values& targets) {
  const auto count = static_cast<double>(targets.size());
  return {.loss =
              [targets, count](const Values& f) {
                double sum = 0;
                for (std::size_t i = 0; i < f.size(); ++i) sum += std::pow(f[i] - targets[i], 2);
                return sum / count;
              },
          .gradient =
              [targets, count](const Values& f) {
                Values gradient(f.size());
                for (std::size_t i = 0; i < f.size(); ++i) {
                  gradient[i] = 2 * (f[i] - targets[i]) / count;
                }
                return gradient;
              }};
}

LossInDouble CrossEntropy(const std::vector<int>& labels, std::size_t classes) {
  const auto probabilities = [classes](const Values& f, std::size_t n) {
    Values p(f.begin() + static_cast<std::ptrdiff_t>(n * classes),
             f.begin() + static_cast<std::ptrdiff_t>((n + 1) * classes));
    double sum = 0;
    for (double& v : p) sum += v = std::exp(v);
    for (double& v : p) v /= sum;
    return p;
  };
  const auto samples = static_cast<double>(labels.size());
  return {.loss =
              [=](const Values& f) {
                double sum = 0;
                for (std::size_t n = 0; n < labels.size(); ++n) {
                  sum -= std::log(probabilities(f, n)[labels[n]]);
                }
                return sum / samples;
              },
          .gradient =
              [=](const Values& f) {
                Values gradient;
                for (std::size_t n = 0; n < labels.size(); ++n) {
                  Values p = probabilities(f, n);
                  p[labels[n]] -= 1;
                  for (const double v : p) gradient.push_back(v / samples);
                }
                return gradient;
              }};
}

double Norm(const Values& values) {
  double sum = 0;
  for (const double v : values) sum += v * v;
  return std::sqrt(sum);
}

// Entries of a group of parameters that are one number: all of them move together.
std::vector<std::vector<std::size_t>> Entries(std::size_t parameters, std::size_t together) {
  std::vector<std::vector<std::size_t>> entries;
  for (std::size_t begin = 0; begin < parameters; begin += together) {
    std::vector<std::size_t> entry;
    for (std::size_t i = begin; i < std::min(begin + together, parameters); ++i) entry.push_back(i);
    entries.push_back(entry);
  }
  return entries;
}

// The names of the parameter groups whose gradient is off by more than 1e-6 of its norm.
std::vector<std::string> GroupsAtFault(const bias::Selection& strategy, const LossInDouble& loss,
                                       const kernel::Shape& shape, const Forward& forward,
                                       const Backward& backward) {
  memory::Ledger ledger;
  const kernel::Parameters parameters(ledger, shape, strategy, 4, 1);
  ReferenceNetwork network = ToReference(parameters);
  const Values x = Noise(shape.batch * shape.inputs, 5);
  for (const double z : ReferencePreActivations(network, x)) EXPECT_GT(std::abs(z), 1e-4);
  const ReferenceGradients gradients = backward(network, x, loss.gradient(forward(network, x)));

  const bool is_shared = strategy.strategy->storage == bias::Storage::kShared;
  const auto together = static_cast<std::size_t>(is_shared ? shape.hidden : strategy.group());
  struct Group {
    const char* name;
    Values& values;
    const Values& gradient;
    double scale;  // hidden parameters' gradients are H times the loss's
    std::size_t together;
  };
  const auto hidden = static_cast<double>(shape.hidden);
  Group groups[] = {{"hidden_weights", network.hidden_weights, gradients.hidden_weights, hidden, 1},
                    {"output_weights", network.output_weights, gradients.output_weights, hidden, 1},
                    {"hidden_bias", network.hidden_bias, gradients.hidden_bias, hidden, together},
                    {"output_bias", network.output_bias, gradients.output_bias, 1, 1}};
  std::vector<std::string> at_fault;
  for (Group& group : groups) {
    Values difference;
    Values expected;
    for (const auto& entry : Entries(group.values.size(), group.together)) {
      constexpr double kStep = 1e-6;
      const auto loss_at = [&](double step) {
        for (const std::size_t i : entry) group.values[i] += step;
        const double value = loss.loss(ReferenceOutputs(network, x));
        for (const std::size_t i : entry) group.values[i] -= step;
        return value;
      };
      const double numeric = (loss_at(kStep) - loss_at(-kStep)) / (2 * kStep) * group.scale;
      double analytic = 0;
      for (const std::size_t i : entry) analytic += group.gradient[i];
      expected.push_back(numeric);
      difference.push_back(numeric - analytic);
    }
    EXPECT_GT(Norm(expected), 0) << group.name;
    if (!(Norm(difference) <= 1e-6 * Norm(expected))) at_fault.emplace_back(group.name);
  }
  return at_fault;
}

constexpr kernel::Shape kShape{.inputs = 3, .hidden = 70, .outputs = 3, .batch = 4};

LossInDouble AnyLoss(bool is_classification) {
  return is_classification ? CrossEntropy({2, 0, 1, 2}, 3)
                           : SquaredError(Noise(kShape.batch * kShape.outputs, 6));
}

TEST(ReferenceGradients, MatchCentralDifferencesForEveryStrategyAndLoss) {
  for (const bias::Selection& strategy : bias::AllSelections()) {
    for (const bool is_classification : {false, true}) {
      EXPECT_EQ(GroupsAtFault(strategy, AnyLoss(is_classification), kShape,
                              kernel::ReferenceOutputs, kernel::ReferenceBackward),
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
  EXPECT_EQ(GroupsAtFault(bias::ParseSelection("learned"), AnyLoss(false), kShape,
                          kernel::ReferenceOutputs, wrong),
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
}  // namespace biasbench::network
