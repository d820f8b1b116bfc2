#include "data/own_samples.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace biasbench::data {
namespace {

// The substream of this split, separate from that of the samples that training holds out. It is
// part of every result: keep it.
constexpr std::uint32_t kTestSubstream = 1;

Dataset Empty(const OwnData& data, bool are_bytes, std::int64_t samples, memory::Ledger& ledger) {
  constexpr auto kCategory = memory::Category::kDataset;
  Dataset dataset;
  dataset.samples = samples;
  dataset.inputs = data.inputs;
  dataset.outputs = data.outputs;
  if (are_bytes) {
    dataset.bytes = {ledger, kCategory, samples * data.inputs};
    dataset.byte_scale = 1.0F / 255;
  } else {
    dataset.values = {ledger, kCategory, samples * data.inputs};
  }
  if (data.files.is_classification) {
    dataset.labels = {ledger, kCategory, samples};
  } else {
    dataset.targets = {ledger, kCategory, samples};
  }
  return dataset;
}

[[noreturn]] void RefuseChanged(const std::string& path) {
  throw Error(fmt::format("{}: has changed meanwhile", path));
}

}  // namespace

OwnSamples::OwnSamples(const OwnData& data, bool are_bytes, memory::Ledger& ledger,
                       std::int64_t max_samples, random::Seed seed)
    : data_(data),
      seed_(seed),
      task_{.name = {},
            .source = {},
            .train = Empty(data, are_bytes, LimitSamples(data.train_samples, max_samples), ledger),
            .test = Empty(data, are_bytes, data.test_samples, ledger)} {}

// Selection sampling (Knuth, algorithm S): each row becomes a test sample with the probability that
// gives exactly the wanted number in the end.
bool OwnSamples::NextIsSplitOff() {
  if (data_.files.test_share == 0) return false;
  const std::int64_t row = train_seen_ + test_seen_;
  const std::int64_t rows_left = data_.train_samples + data_.test_samples - row;
  if (rows_left <= 0) return false;
  const std::array<std::uint32_t, 4> block =
      random::Block(seed_, random::Stream::kSplit, static_cast<std::uint64_t>(row), kTestSubstream);
  const std::uint64_t bits = static_cast<std::uint64_t>(block[1]) << 32 | block[0];
  const auto draw = static_cast<std::int64_t>(bits % static_cast<std::uint64_t>(rows_left));
  return draw < data_.test_samples - test_seen_;
}

OwnSamples::Place OwnSamples::PlaceIn(Dataset& dataset, bool is_training, std::int64_t& seen,
                                      std::int64_t expected, const std::string& path) {
  if (seen == expected) RefuseChanged(path);
  const std::int64_t sample = seen++;
  return {.is_training = is_training,
          .is_kept = sample < dataset.samples,
          .sample = sample,
          .dataset = &dataset};
}

OwnSamples::Place OwnSamples::NextOfTrain(const std::string& path) {
  if (NextIsSplitOff()) return NextOfTest(path);
  return PlaceIn(task_.train, true, train_seen_, data_.train_samples, path);
}

OwnSamples::Place OwnSamples::NextOfTest(const std::string& path) {
  return PlaceIn(task_.test, false, test_seen_, data_.test_samples, path);
}

void OwnSamples::CheckAllSeen() const {
  if (train_seen_ != data_.train_samples) RefuseChanged(data_.files.train);
  if (test_seen_ != data_.test_samples) {
    RefuseChanged(data_.files.test.empty() ? data_.files.train : data_.files.test);
  }
}

std::int64_t TestSamplesOf(std::int64_t samples, double share) {
  const auto wanted = static_cast<std::int64_t>(std::llround(static_cast<double>(samples) * share));
  return std::clamp<std::int64_t>(wanted, 1, std::max<std::int64_t>(samples - 1, 1));
}

void StandardizeSamples(const ColumnScaling& scaling, std::span<const std::int64_t> input_columns,
                        std::int64_t target_column, const Dataset& dataset,
                        const std::string& path) {
  const auto standardize = [&](std::int64_t sample, std::int64_t column, float& value) {
    const float before = value;
    value = scaling.Standardize(column, value);
    if (std::isfinite(value)) return;
    throw Error(
        fmt::format("{}: sample {}: field {} is {}, too far from its training mean to be "
                    "standardized",
                    path, sample + 1, column + 1, before));
  };
  for (std::int64_t sample = 0; sample < dataset.samples; ++sample) {
    float* const inputs = dataset.values.data() + sample * dataset.inputs;
    for (std::size_t i = 0; i < input_columns.size(); ++i) {
      standardize(sample, input_columns[i], inputs[i]);
    }
    if (dataset.is_classification()) continue;
    standardize(sample, target_column, dataset.targets[sample]);
  }
}

}  // namespace biasbench::data
