#include "data/sine.h"

#include <cmath>
#include <numbers>

namespace biasbench::data {
namespace {

constexpr std::int64_t kIntervals = kSine.train_samples - 1;
static_assert(kSine.test_samples == kIntervals);

// The n-th sample lies n + `offset` intervals from -1.
Dataset Grid(double offset, std::int64_t samples, memory::Ledger& ledger) {
  Dataset dataset;
  dataset.samples = samples;
  dataset.inputs = kSine.inputs;
  dataset.outputs = kSine.outputs;
  dataset.values = {ledger, memory::Category::kDataset, samples};
  dataset.targets = {ledger, memory::Category::kDataset, samples};
  for (std::int64_t n = 0; n < samples; ++n) {
    const double x = 2 * (static_cast<double>(n) + offset) / static_cast<double>(kIntervals) - 1;
    dataset.values[n] = static_cast<float>(x);
    dataset.targets[n] = static_cast<float>(std::sin(2 * std::numbers::pi * x) + 0.5);
  }
  return dataset;
}

}  // namespace

Task Sine(memory::Ledger& ledger, std::int64_t max_samples) {
  return {.name = std::string(kSine.name),
          .source = "generated, sin 2 pi x + 1/2",
          .train = Grid(0, LimitSamples(kSine.train_samples, max_samples), ledger),
          .test = Grid(0.5, kIntervals, ledger)};
}

}  // namespace biasbench::data
