#include "checks/gradcheck_problem.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

namespace biasbench::tools {

using reference::ReferenceNetwork;
using reference::Values;

namespace {

// Noise that keeps every pre-activation away from ReLU's kink, across which differences mean
// nothing.
void DrawInputs(const ReferenceNetwork& network, random::Seed seed, Problem& problem) {
  constexpr double kNearest = 1e-5;
  const std::int64_t inputs = network.shape.inputs;
  std::uint64_t draw = 0;
  for (std::int64_t n = 0; n < problem.dataset.samples; ++n) {
    const std::span<float> row = problem.dataset.values.span().subspan(
        static_cast<std::size_t>(n * inputs), static_cast<std::size_t>(inputs));
    Values x;
    do {
      FillUniform(seed, random::Stream::kNoise, draw, 1, row);
      draw += static_cast<std::uint64_t>(inputs);
      x.assign(row.begin(), row.end());
    } while (std::ranges::any_of(ReferencePreActivations(network, x),
                                 [](double z) { return std::abs(z) < kNearest; }));
    problem.x.insert(problem.x.end(), x.begin(), x.end());
  }
}

}  // namespace

Problem MakeProblem(const ReferenceNetwork& network, bool is_classification, random::Seed seed,
                    memory::Ledger& ledger) {
  constexpr auto kCategory = memory::Category::kDataset;
  const auto [inputs, hidden, outputs, batch] = network.shape;
  Problem problem;
  problem.dataset.samples = batch;
  problem.dataset.inputs = inputs;
  problem.dataset.outputs = outputs;
  problem.dataset.values = {ledger, kCategory, batch * inputs};
  DrawInputs(network, seed, problem);
  if (is_classification) {
    problem.loss_name = "cross_entropy";
    problem.dataset.labels = {ledger, kCategory, batch};
    const std::span<std::int32_t> labels = problem.dataset.labels.span();
    for (std::size_t n = 0; n < labels.size(); ++n) {
      labels[n] = static_cast<std::int32_t>(n) % static_cast<std::int32_t>(outputs);
    }
    problem.loss = reference::CrossEntropyInDouble({labels.begin(), labels.end()},
                                                   static_cast<std::size_t>(outputs));
  } else {
    problem.loss_name = "squared_error";
    problem.dataset.targets = {ledger, kCategory, batch * outputs};
    const std::span<float> targets = problem.dataset.targets.span();
    FillUniform(seed + 1, random::Stream::kNoise, 0, 1, targets);
    problem.loss = reference::SquaredErrorInDouble({targets.begin(), targets.end()});
  }
  return problem;
}

}  // namespace biasbench::tools
