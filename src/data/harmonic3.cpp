#include "data/harmonic3.h"

#include <cmath>
#include <numbers>

namespace biasbench::data {
namespace {

constexpr std::int64_t kTurn = kHarmonic3.train_samples;  // in points
constexpr std::int64_t kHalfTurn = kTurn / 2;
static_assert(kHarmonic3.test_samples == kTurn && kTurn % 2 == 0);

// The first `samples` of the circle's points, the n-th at n + `offset` steps.
Dataset Circle(double offset, std::int64_t samples, memory::Ledger& ledger) {
  Dataset dataset;
  dataset.samples = samples;
  dataset.inputs = kHarmonic3.inputs;
  dataset.outputs = kHarmonic3.outputs;
  dataset.values = {ledger, memory::Category::kDataset, 2 * samples};
  dataset.targets = {ledger, memory::Category::kDataset, samples};
  for (std::int64_t n = 0; n < samples; ++n) {
    const double steps = static_cast<double>(n % kHalfTurn) + offset;
    const double t = 2 * std::numbers::pi * steps / static_cast<double>(kTurn);
    const double sign = n < kHalfTurn ? 1 : -1;
    dataset.values[2 * n] = static_cast<float>(sign * std::cos(t));
    dataset.values[2 * n + 1] = static_cast<float>(sign * std::sin(t));
    dataset.targets[n] = static_cast<float>(sign * std::sin(3 * t));
  }
  return dataset;
}

}  // namespace

Task Harmonic3(memory::Ledger& ledger, std::int64_t max_samples) {
  return {.name = std::string(kHarmonic3.name),
          .source = "generated, sin 3t on the unit circle",
          .train = Circle(0, LimitSamples(kTurn, max_samples), ledger),
          .test = Circle(0.5, kTurn, ledger)};
}

}  // namespace biasbench::data
