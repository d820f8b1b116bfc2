#include "data/own_arrays.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "data/array_pair.h"
#include "data/class_labels.h"
#include "data/column_scaling.h"
#include "data/own_samples.h"

namespace biasbench::data {
namespace {

ArrayPair OpenTrain(const OwnFiles& files) { return {files.train, files.train_labels}; }

// The test files, if there are any. Throws Error unless their samples are like the training ones.
std::optional<ArrayPair> OpenTest(const OwnFiles& files, const ArrayPair& train) {
  if (files.test.empty()) return std::nullopt;
  std::optional<ArrayPair> test;
  test.emplace(files.test, files.test_labels);
  if (test->samples.values_per_sample() != train.samples.values_per_sample()) {
    throw Error(fmt::format("{}: {} values a sample, expected {} as in {}", files.test,
                            test->samples.values_per_sample(), train.samples.values_per_sample(),
                            files.train));
  }
  if (test->samples.holds_bytes() != train.samples.holds_bytes()) {
    throw Error(fmt::format("{}: expected {} as in {}", files.test,
                            train.samples.holds_bytes() ? "unsigned bytes" : "no unsigned bytes",
                            files.train));
  }
  return test;
}

LabelPlace PlaceOf(const ArrayFile& labels, std::int64_t sample) {
  return [&labels, sample] { return fmt::format("{}: sample {}", labels.path(), sample); };
}

// Calls `visit` with every sample's values. Throws Error for those that single precision cannot
// hold.
void VisitValues(ArrayFile& samples, const OnRead& on_read,
                 const std::function<void(std::span<const float>)>& visit) {
  const std::int64_t inputs = samples.values_per_sample();
  std::vector<double> wide(static_cast<std::size_t>(inputs));
  std::vector<float> values(wide.size());
  for (std::int64_t sample = 0; sample < samples.samples(); ++sample) {
    samples.ReadNumbers(wide);
    for (std::size_t i = 0; i < wide.size(); ++i) {
      if (!(std::abs(wide[i]) <= static_cast<double>(std::numeric_limits<float>::max()))) {
        throw Error(
            fmt::format("{}: value {} of sample {} is {}, expected a finite "
                        "single-precision number",
                        samples.path(), i + 1, sample, wide[i]));
      }
      values[i] = static_cast<float>(wide[i]);
    }
    visit(values);
    if (on_read && sample % 256 == 0) on_read(samples.path(), samples.ShareRead());
  }
}

void CheckStandardized(std::span<const float> values, const ColumnScaling& scaling,
                       const std::string& path) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::isfinite(scaling.Standardize(static_cast<std::int64_t>(i), values[i]))) continue;
    throw Error(fmt::format("{}: value {} is {}, too far from its training mean to be standardized",
                            path, i + 1, values[i]));
  }
}

// (samples), the class of each.
std::vector<std::int32_t> ReadLabels(ArrayFile& labels, const Classes& classes,
                                     const OwnFiles& files) {
  std::vector<std::int32_t> numbers;
  VisitLabels(labels, labels.samples(), [&](std::int64_t sample, std::int64_t label) {
    numbers.push_back(
        classes.Find(fmt::format("{}", label), PlaceOf(labels, sample), files.train_labels));
  });
  return numbers;
}

// Reads every sample's bytes to where next() puts it.
void StoreBytes(ArrayFile& samples, const std::function<OwnSamples::Place()>& next) {
  std::vector<std::uint8_t> skipped(static_cast<std::size_t>(samples.values_per_sample()));
  for (std::int64_t sample = 0; sample < samples.samples(); ++sample) {
    const OwnSamples::Place place = next();
    samples.ReadBytes(
        place.is_kept ? place.dataset->bytes.span().subspan(
                            static_cast<std::size_t>(place.sample) * skipped.size(), skipped.size())
                      : std::span(skipped));
  }
}

// Reads every sample's numbers likewise, and adds the training ones to the scaling.
void StoreValues(ArrayFile& samples, const std::function<OwnSamples::Place()>& next,
                 ColumnScaling& scaling) {
  VisitValues(samples, {}, [&](std::span<const float> values) {
    const OwnSamples::Place place = next();
    if (place.is_training) scaling.Add(values);
    if (!place.is_kept) return;
    std::ranges::copy(values, place.dataset->values.data() + place.sample * place.dataset->inputs);
  });
}

Classes ClassesOf(ArrayFile& labels) {
  LabelCollector collector;
  VisitLabels(labels, labels.samples(), [&](std::int64_t sample, std::int64_t label) {
    collector.Add(fmt::format("{}", label), PlaceOf(labels, sample));
  });
  return collector.Finish(labels.path());
}

void StandardizeBoth(const ColumnScaling& scaling, Task& task, const OwnFiles& files) {
  std::vector<std::int64_t> columns(static_cast<std::size_t>(task.train.inputs));
  std::iota(columns.begin(), columns.end(), 0);
  StandardizeSamples(scaling, columns, 0, task.train, files.train);
  StandardizeSamples(scaling, columns, 0, task.test, files.test.empty() ? files.train : files.test);
}

}  // namespace

OwnData ExamineOwnArrays(const OwnFiles& files, const OnRead& on_read) {
  ArrayPair train = OpenTrain(files);
  std::optional<ArrayPair> test = OpenTest(files, train);
  const Classes classes = ClassesOf(train.labels);
  OwnData data{.files = files,
               .inputs = train.samples.values_per_sample(),
               .outputs = classes.count(),
               .train_samples = train.samples.samples(),
               .test_samples = test ? test->samples.samples() : 0,
               .digest = train.samples.sha256() + train.labels.sha256()};
  if (!classes.are_indices()) data.classes = classes.names();
  ColumnScaling scaling(data.inputs);
  if (!train.samples.holds_bytes()) {
    VisitValues(train.samples, on_read,
                [&](std::span<const float> values) { scaling.Add(values); });
    scaling.Finish();
  }
  if (!test) return data;
  data.digest += test->samples.sha256() + test->labels.sha256();
  VisitLabels(test->labels, data.test_samples, [&](std::int64_t sample, std::int64_t label) {
    classes.Find(fmt::format("{}", label), PlaceOf(test->labels, sample), files.train_labels);
  });
  if (!test->samples.holds_bytes()) {
    VisitValues(test->samples, on_read, [&](std::span<const float> values) {
      if (files.is_standardized) CheckStandardized(values, scaling, files.test);
    });
  }
  return data;
}

Task LoadOwnArrays(const OwnData& data, memory::Ledger& ledger, std::int64_t max_samples,
                   random::Seed seed) {
  ArrayPair train = OpenTrain(data.files);
  std::optional<ArrayPair> test = OpenTest(data.files, train);
  ArrayFile labels(data.files.train_labels);
  const Classes classes = ClassesOf(labels);
  if (train.samples.values_per_sample() != data.inputs || classes.count() != data.outputs) {
    throw Error(fmt::format("{}: has changed meanwhile", data.files.train));
  }
  OwnSamples samples(data, train.samples.holds_bytes(), ledger, max_samples, seed);
  ColumnScaling scaling(data.inputs);
  const auto store = [&](ArrayPair& pair, bool is_test_file) {
    const std::vector<std::int32_t> labels_of = ReadLabels(pair.labels, classes, data.files);
    auto label = labels_of.begin();
    const auto next = [&] {
      const OwnSamples::Place place = is_test_file ? samples.NextOfTest(pair.samples.path())
                                                   : samples.NextOfTrain(pair.samples.path());
      if (place.is_kept) place.dataset->labels[place.sample] = *label;
      ++label;
      return place;
    };
    if (pair.samples.holds_bytes()) {
      StoreBytes(pair.samples, next);
    } else {
      StoreValues(pair.samples, next, scaling);
    }
  };
  store(train, false);
  if (test) store(*test, true);
  samples.CheckAllSeen();
  if (data.files.is_standardized) {
    scaling.Finish();
    StandardizeBoth(scaling, samples.task(), data.files);
  }
  return std::move(samples.task());
}

}  // namespace biasbench::data
