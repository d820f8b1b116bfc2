#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "data/task.h"

namespace biasbench::data {
namespace {

void CheckShape(std::int64_t inputs, std::int64_t outputs, std::int64_t samples) {
  constexpr std::int64_t kMaxOutputs = std::numeric_limits<std::int32_t>::max();
  // Both sets' bytes must be countable.
  constexpr std::int64_t kMaxValues = std::numeric_limits<std::int64_t>::max() / 8;
  if (std::min({inputs, outputs, samples}) < 1 || outputs > kMaxOutputs ||
      samples > kMaxValues / inputs) {
    throw Error(
        fmt::format("noise of {} samples, {} inputs, {} outputs: expected each to be 1 or "
                    "more, outputs at most {}, samples x inputs at most {}",
                    samples, inputs, outputs, kMaxOutputs, kMaxValues));
  }
}

// A whole number in [0, outputs), draw number `index` of a substream that FillUniform does not use.
std::int32_t NoiseLabel(random::Seed seed, std::int64_t index, std::int64_t outputs) {
  constexpr std::uint32_t kLabelSubstream = 1;
  const auto draws = random::Block(seed, random::Stream::kNoise, static_cast<std::uint64_t>(index),
                                   kLabelSubstream);
  return static_cast<std::int32_t>((draws[0] * static_cast<std::uint64_t>(outputs)) >> 32);
}

// Samples `first` and following of an endless table of noise.
Dataset Noise(std::int64_t inputs, std::int64_t outputs, std::int64_t first, std::int64_t samples,
              random::Seed seed, memory::Ledger& ledger) {
  Dataset dataset;
  dataset.samples = samples;
  dataset.inputs = inputs;
  dataset.outputs = outputs;
  dataset.values = {ledger, memory::Category::kDataset, samples * inputs};
  random::FillUniform(seed, random::Stream::kNoise, static_cast<std::uint64_t>(first * inputs), 1,
                      dataset.values.span());
  dataset.labels = {ledger, memory::Category::kDataset, samples};
  for (std::int64_t n = 0; n < samples; ++n) {
    dataset.labels[n] = NoiseLabel(seed, first + n, outputs);
  }
  return dataset;
}

}  // namespace

Task NoiseTask(std::int64_t inputs, std::int64_t outputs, std::int64_t samples, random::Seed seed,
               memory::Ledger& ledger) {
  CheckShape(inputs, outputs, samples);
  return {.name = "noise",
          .source = "seeded noise",
          .train = Noise(inputs, outputs, 0, samples, seed, ledger),
          .test = Noise(inputs, outputs, samples, samples, seed, ledger)};
}

}  // namespace biasbench::data
