// A sine wave that does not pass through the origin.
#include <cmath>
#include <cstdint>
#include <numbers>
#include <string>

#include "data/dataset.h"
#include "data/task.h"
#include "data/task_row.h"
#include "memory/ledger.h"

namespace biasbench::data {
namespace {

// x -> sin 2 pi x + 1/2. 512 training points from -1 to 1, both included; a test point halfway
// between each two neighbours.
constexpr TaskDescription kDescription = {
    .name = "sine",
    .inputs = 1,
    .outputs = 1,
    .train_samples = 512,
    .test_samples = 511,
    .input_bytes = sizeof(float),
    .is_classification = false,
    .defaults = {.epochs = 60, .learning_rate = 0.1, .batch = 32},
    .summary = "sin 2 pi x + 1/2 on [-1, 1]: without a bias ReLU is two rays from the origin"};

constexpr std::int64_t kIntervals = kDescription.train_samples - 1;
static_assert(kDescription.test_samples == kIntervals);

// The n-th sample lies n + `offset` intervals from -1.
Dataset Grid(double offset, std::int64_t samples, memory::Ledger& ledger) {
  Dataset dataset;
  dataset.samples = samples;
  dataset.inputs = kDescription.inputs;
  dataset.outputs = kDescription.outputs;
  dataset.values = {ledger, memory::Category::kDataset, samples};
  dataset.targets = {ledger, memory::Category::kDataset, samples};
  for (std::int64_t n = 0; n < samples; ++n) {
    const double x = 2 * (static_cast<double>(n) + offset) / static_cast<double>(kIntervals) - 1;
    dataset.values[n] = static_cast<float>(x);
    dataset.targets[n] = static_cast<float>(std::sin(2 * std::numbers::pi * x) + 0.5);
  }
  return dataset;
}

Task Load(memory::Ledger& ledger, std::int64_t max_samples) {
  return {.name = std::string(kDescription.name),
          .source = "generated, sin 2 pi x + 1/2",
          .train = Grid(0, LimitSamples(kDescription.train_samples, max_samples), ledger),
          .test = Grid(0.5, kIntervals, ledger)};
}

}  // namespace

extern constexpr TaskRow kSine(kDescription, Load);

}  // namespace biasbench::data
