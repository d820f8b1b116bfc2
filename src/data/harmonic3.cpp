// The third harmonic on the unit circle.
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

// (cos t, sin t) -> sin 3t at t_n = 2 pi n / 512; the 512 test points lie half a step further. The
// second half of either is the exact negative of the first, inputs and targets: whatever a
// bias-free ReLU network outputs, its training loss is at least the targets' mean square, 0.5.
constexpr TaskDescription kDescription = {
    .name = "harmonic3",
    .inputs = 2,
    .outputs = 1,
    .train_samples = 512,
    .test_samples = 512,
    .input_bytes = sizeof(float),
    .is_classification = false,
    .defaults = {.epochs = 60, .learning_rate = 0.1, .batch = 32},
    .summary = "sin 3t on the unit circle: without a bias ReLU cannot fall below a loss of 0.5"};

constexpr std::int64_t kTurn = kDescription.train_samples;  // in points
constexpr std::int64_t kHalfTurn = kTurn / 2;
static_assert(kDescription.test_samples == kTurn && kTurn % 2 == 0);

// The first `samples` of the circle's points, the n-th at n + `offset` steps.
Dataset Circle(double offset, std::int64_t samples, memory::Ledger& ledger) {
  Dataset dataset;
  dataset.samples = samples;
  dataset.inputs = kDescription.inputs;
  dataset.outputs = kDescription.outputs;
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

Task Load(memory::Ledger& ledger, std::int64_t max_samples) {
  return {.name = std::string(kDescription.name),
          .source = "generated, sin 3t on the unit circle",
          .train = Circle(0, LimitSamples(kTurn, max_samples), ledger),
          .test = Circle(0.5, kTurn, ledger)};
}

}  // namespace

extern constexpr TaskRow kHarmonic3(kDescription, Load);

}  // namespace biasbench::data
