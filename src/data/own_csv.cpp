#include "data/own_csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <span>
#include <string>
#include <utility>

#include "data/column_scaling.h"
#include "data/csv_reader.h"
#include "data/own_classes.h"

namespace biasbench::data {
namespace {

CsvReader Open(const std::string& path) { return CsvReader(CompressedFile(path)); }

// The index of the column that `target` names or counts.
std::int64_t TargetColumn(const CsvReader& reader, const std::string& target) {
  if (reader.columns() < 2) {
    throw Error(
        fmt::format("{}:1: 1 field, expected 2 or more: inputs and a target", reader.path()));
  }
  if (target.empty()) return reader.columns() - 1;
  const auto& names = reader.column_names();
  const auto named = std::ranges::count(names, target);
  if (named == 1) return std::ranges::find(names, target) - names.begin();
  if (named > 1) {
    throw Error(fmt::format("{}:1: {} columns are named {:?}; count the target's from 1",
                            reader.path(), named, target));
  }
  for (std::int64_t column = 1; column <= reader.columns(); ++column) {
    if (target == std::to_string(column)) return column - 1;
  }
  throw Error(fmt::format("{}:1: no column {:?}, expected {}a number from 1 to {}", reader.path(),
                          target, names.empty() ? "" : "a name of the header or ",
                          reader.columns()));
}

void CheckSameColumns(const CsvReader& train, const CsvReader& test) {
  if (test.columns() != train.columns()) {
    throw Error(fmt::format("{}:1: {} fields, expected {} as in {}", test.path(), test.columns(),
                            train.columns(), train.path()));
  }
  const auto& names = train.column_names();
  const auto& test_names = test.column_names();
  if (names.empty() != test_names.empty()) {
    throw Error(fmt::format("{}:1: {}, unlike {}", test.path(),
                            names.empty() ? "a header" : "no header", train.path()));
  }
  const auto [name, test_name] = std::ranges::mismatch(names, test_names);
  if (name == names.end()) return;
  throw Error(fmt::format("{}:1: column {} is {:?}, expected {:?} as in {}", test.path(),
                          name - names.begin() + 1, *test_name, *name, train.path()));
}

// The label on the reader's line: below `classes`.
std::int32_t LabelOn(const CsvReader& reader, std::int64_t target, std::int64_t classes) {
  const float number = reader.numbers()[static_cast<std::size_t>(target)];
  if (!(number >= 0 && number < static_cast<float>(classes) && number == std::floor(number))) {
    throw Error(fmt::format("{}: label {}, expected a whole number from 0 to {}", reader.Place(),
                            number, classes - 1));
  }
  return static_cast<std::int32_t>(number);
}

// Larger numbers are not told apart in single precision.
constexpr std::int64_t kMostClasses = std::int64_t{1} << std::numeric_limits<float>::digits;

// Test values far beyond the training set's can leave single precision's range.
void CheckStandardized(const CsvReader& reader, const ColumnScaling& scaling) {
  for (std::int64_t column = 0; column < reader.columns(); ++column) {
    const float value = reader.numbers()[static_cast<std::size_t>(column)];
    if (std::isfinite(scaling.Standardize(column, value))) continue;
    throw Error(fmt::format("{}: field {} is {}, too far from its training mean to be standardized",
                            reader.Place(), column + 1, value));
  }
}

// Room for samples of the data's shape.
Dataset Empty(const OwnData& data, std::int64_t samples, memory::Ledger& ledger) {
  constexpr auto kCategory = memory::Category::kDataset;
  Dataset dataset;
  dataset.samples = samples;
  dataset.inputs = data.inputs;
  dataset.outputs = data.outputs;
  dataset.values = {ledger, kCategory, samples * data.inputs};
  if (data.files.is_classification) {
    dataset.labels = {ledger, kCategory, samples};
  } else {
    dataset.targets = {ledger, kCategory, samples};
  }
  return dataset;
}

void Store(const CsvReader& reader, std::int64_t target, const Dataset& dataset,
           std::int64_t sample) {
  const std::span<const float> numbers = reader.numbers();
  const auto inputs_before = static_cast<std::size_t>(target);
  float* const inputs = dataset.values.data() + sample * dataset.inputs;
  std::ranges::copy(numbers.subspan(inputs_before + 1),
                    std::ranges::copy(numbers.first(inputs_before), inputs).out);
  if (dataset.is_classification()) {
    dataset.labels[sample] = LabelOn(reader, target, dataset.outputs);
  } else {
    dataset.targets[sample] = numbers[inputs_before];
  }
}

void Standardize(const ColumnScaling& scaling, std::int64_t target, const Dataset& dataset) {
  for (std::int64_t sample = 0; sample < dataset.samples; ++sample) {
    for (std::int64_t i = 0; i < dataset.inputs; ++i) {
      float& value = dataset.values[sample * dataset.inputs + i];
      value = scaling.Standardize(i < target ? i : i + 1, value);
    }
    if (!dataset.is_classification()) {
      dataset.targets[sample] = scaling.Standardize(target, dataset.targets[sample]);
    }
  }
}

// Stores the first of `expected` lines, and hands every line to `visit`.
template <class Visit>
void StoreAll(CsvReader& reader, std::int64_t target, std::int64_t expected, const Dataset& dataset,
              const Visit& visit) {
  std::int64_t row = 0;
  for (; row <= expected && reader.Next(); ++row) {
    if (row < dataset.samples) Store(reader, target, dataset, row);
    visit(reader.numbers());
  }
  if (row != expected) throw Error(fmt::format("{}: has changed meanwhile", reader.path()));
}

}  // namespace

OwnData ExamineOwnCsv(const OwnFiles& files) {
  CsvReader train = Open(files.train);
  CsvReader test = Open(files.test);
  const std::int64_t target = TargetColumn(train, files.target);
  CheckSameColumns(train, test);
  OwnData data{.files = files, .inputs = train.columns() - 1, .outputs = 1, .digest = {}};
  ColumnScaling scaling(train.columns());
  std::set<std::int32_t> labels;
  for (; train.Next(); ++data.train_samples) {
    if (files.is_classification) labels.insert(LabelOn(train, target, kMostClasses));
    scaling.Add(train.numbers());
  }
  if (files.is_classification) data.outputs = ClassesOf(labels, files.train);
  for (; test.Next(); ++data.test_samples) {
    if (files.is_classification) LabelOn(test, target, data.outputs);
    if (files.is_standardized) CheckStandardized(test, scaling);
  }
  return data;
}

Task LoadOwnCsv(const OwnData& data, memory::Ledger& ledger, std::int64_t max_samples) {
  CsvReader train = Open(data.files.train);
  CsvReader test = Open(data.files.test);
  const std::int64_t target = TargetColumn(train, data.files.target);
  CheckSameColumns(train, test);
  if (train.columns() != data.inputs + 1) {
    throw Error(fmt::format("{}: has changed meanwhile", train.path()));
  }
  Task task{.name = {},
            .source = {},
            .train = Empty(data, LimitSamples(data.train_samples, max_samples), ledger),
            .test = Empty(data, data.test_samples, ledger)};
  ColumnScaling scaling(train.columns());
  StoreAll(train, target, data.train_samples, task.train,
           [&](std::span<const float> numbers) { scaling.Add(numbers); });
  StoreAll(test, target, data.test_samples, task.test, [](std::span<const float>) {});
  if (data.files.is_standardized) {
    Standardize(scaling, target, task.train);
    Standardize(scaling, target, task.test);
  }
  return task;
}

}  // namespace biasbench::data
