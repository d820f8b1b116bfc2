#include "checks/gradcheck_step.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <numeric>
#include <span>
#include <vector>

#include "memory/ledger.h"
#include "network/network.h"
#include "reference/gradient_check.h"

namespace biasbench::tools {

using reference::GradientGroup;
using reference::ReferenceGradients;
using reference::ReferenceNetwork;
using reference::Values;

namespace {

// Half the initial loss, at which no rule gives zero.
constexpr bias::Signals kHalfway{.train_loss = 0.5, .initial_loss = 1, .validation_loss = 1};

// Biases that share a value take the mean of their nodes' gradients.
void AverageOverGroups(const bias::Selection& strategy, Values& gradient) {
  const auto group =
      static_cast<std::size_t>(strategy.NodesPerEntry(static_cast<std::int64_t>(gradient.size())));
  for (std::size_t begin = 0; begin < gradient.size(); begin += group) {
    const std::span<double> nodes =
        std::span(gradient).subspan(begin, std::min(group, gradient.size() - begin));
    const double mean =
        std::accumulate(nodes.begin(), nodes.end(), 0.0) / static_cast<double>(nodes.size());
    std::ranges::fill(nodes, mean);
  }
}

// The step at a rate of 1 on gradients of single parameters.
ReferenceGradients StepOn(ReferenceGradients gradients, const bias::Selection& strategy,
                          double multiplier) {
  AverageOverGroups(strategy, gradients.hidden_bias);
  const bool trains_weights = strategy->weights == bias::Weights::kTrained;
  for (const GradientGroup& group : reference::kGradientGroups) {
    const double rate = group.is_bias ? multiplier : (trains_weights ? 1 : 0);
    for (double& value : gradients.*group.gradients) value *= -rate;
  }
  return gradients;
}

schedule::StepSettings Settings(const bias::Selection& strategy, bias::BiasSign sign) {
  schedule::StepSettings settings(1, 1);
  settings.SetBiasMultipliers(strategy.Multipliers(kHalfway, sign));
  return settings;
}

}  // namespace

double MultiplierOf(const bias::Selection& strategy) {
  return strategy.Multipliers(kHalfway).hidden;
}

ReferenceGradients ExpectedStep(const ReferenceNetwork& network, const bias::Selection& strategy,
                                const Problem& problem) {
  return StepOn(CentralDifferences(network, problem.x, problem.loss), strategy,
                MultiplierOf(strategy));
}

ReferenceGradients FaultyStep(reference::Fault fault, const ReferenceNetwork& network,
                              const bias::Selection& strategy, const Problem& problem) {
  const Values delta = problem.loss.gradient(ReferenceOutputs(network, problem.x));
  const double multiplier = FaultyMultiplier(fault, MultiplierOf(strategy));
  return StepOn(FaultyBackward(fault, network, problem.x, delta), strategy, multiplier);
}

ReferenceGradients StepTaken(const schedule::Configuration& configuration, const Problem& problem,
                             bias::BiasSign sign) {
  memory::Ledger ledger;
  network::Network network(configuration, ledger);
  const ReferenceNetwork before = reference::ToReference(network.parameters());
  std::vector<std::int32_t> order(static_cast<std::size_t>(problem.dataset.samples));
  std::iota(order.begin(), order.end(), 0);
  // The step has a next batch, so that streaming schedules stream. But parameters are read after
  // it, so nothing may follow where steps share a pass.
  const bool goes_on = !configuration.takes_blocks();
  network.Step(problem.dataset, order, Settings(configuration.strategy, sign),
               goes_on ? order : std::vector<std::int32_t>{});
  const ReferenceNetwork after = reference::ToReference(network.parameters());
  ReferenceGradients step;
  for (const GradientGroup& group : reference::kGradientGroups) {
    const Values& from = before.*group.values;
    std::ranges::transform(after.*group.values, from, std::back_inserter(step.*group.gradients),
                           std::minus());
  }
  return step;
}

}  // namespace biasbench::tools
