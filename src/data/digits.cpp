// Handwritten digits, 8x8 pixels; digits.md names the source.
#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "data/compressed_file.h"
#include "data/csv_reader.h"
#include "data/dataset.h"
#include "data/task.h"
#include "data/task_row.h"
#include "memory/ledger.h"
#include "random/philox.h"

namespace biasbench::data {
namespace {

// 64 pixels -> 10 classes; 1,437 training and 360 test samples, the same in every run. Pixels stay
// bytes from 0 to 16, 16 being worth 1. The data are compiled in.
constexpr TaskDescription kDescription = {
    .name = "digits",
    .inputs = 64,
    .outputs = 10,
    .train_samples = 1437,
    .test_samples = 360,
    .input_bytes = 1,
    .is_classification = true,
    .defaults = {.epochs = 20, .learning_rate = 0.3, .batch = 64},
    .summary = "UCI optical digits, 8x8 pixels: real data with small inputs"};

// digits.csv.gz: lines of 64 pixels and a label.
constexpr auto kFile = std::to_array<std::uint8_t>({
#include "digits_bytes.inc"
});

constexpr std::int64_t kPixels = kDescription.inputs;
constexpr std::int64_t kTrainSamples = kDescription.train_samples;
constexpr std::int64_t kTestSamples = kDescription.test_samples;
constexpr std::int64_t kSamples = kTrainSamples + kTestSamples;

// The data have no split that everyone uses. Row r of the file becomes sample Permutation[r]: those
// below 1,437 train, the others test. The seed (the data's year) is part of every result: keep it.
constexpr random::Seed kSplitSeed = 1998;

Dataset Empty(std::int64_t samples, memory::Ledger& ledger) {
  Dataset dataset;
  dataset.samples = samples;
  dataset.inputs = kPixels;
  dataset.outputs = kDescription.outputs;
  dataset.bytes = {ledger, memory::Category::kDataset, samples * kPixels};
  dataset.byte_scale = 1.0F / 16;
  dataset.labels = {ledger, memory::Category::kDataset, samples};
  return dataset;
}

void Store(std::span<const float> row, const Dataset& dataset, std::int64_t sample) {
  if (sample >= dataset.samples) return;  // beyond the caller's limit
  std::transform(row.begin(), row.begin() + kPixels, dataset.bytes.data() + sample * kPixels,
                 [](float pixel) { return static_cast<std::uint8_t>(pixel); });
  dataset.labels[sample] = static_cast<std::int32_t>(row[kPixels]);
}

Task Load(memory::Ledger& ledger, std::int64_t max_samples) {
  Task task{.name = std::string(kDescription.name),
            .source = "UCI optical digits",
            .train = Empty(LimitSamples(kTrainSamples, max_samples), ledger),
            .test = Empty(kTestSamples, ledger)};
  const std::vector<std::int32_t> order =
      random::Permutation(kSplitSeed, random::Stream::kSplit, kSamples, 0);
  CsvReader reader(CompressedFile("digits.csv.gz", kFile),
                   {.header = CsvHeader::kNo, .separator = ','});
  for (std::size_t row = 0; reader.Next(); ++row) {
    const std::int64_t sample = order.at(row);
    if (sample < kTrainSamples) {
      Store(reader.numbers(), task.train, sample);
    } else {
      Store(reader.numbers(), task.test, sample - kTrainSamples);
    }
  }
  return task;
}

}  // namespace

extern constexpr TaskRow kDigits(kDescription, Load);

}  // namespace biasbench::data
