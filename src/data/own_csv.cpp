#include "data/own_csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "data/class_labels.h"
#include "data/column_scaling.h"
#include "data/csv_reader.h"
#include "data/own_samples.h"
#include "machine/digest.h"
#include "text/excerpt.h"

namespace biasbench::data {
namespace {

// The index of the column that `target` names or counts.
std::int64_t TargetColumn(const CsvReader& reader, const std::string& target) {
  const std::int64_t first = reader.has_index() ? 1 : 0;
  if (reader.columns() - first < 2) {
    throw Error(fmt::format("{}: 1 field{}, expected 2 or more: inputs and a target{}",
                            reader.FirstPlace(), first > 0 ? " besides the index" : "",
                            reader.SeparatorAdvice()));
  }
  if (target.empty()) return reader.columns() - 1;
  const auto& names = reader.column_names();
  const auto named = std::ranges::count(names, target);
  if (named == 1) return std::ranges::find(names, target) - names.begin();
  if (named > 1) {
    throw Error(fmt::format("{}: {} columns are named \"{}\"; count the target's from 1",
                            reader.FirstPlace(), named, text::Excerpt(target)));
  }
  for (std::int64_t column = first + 1; column <= reader.columns(); ++column) {
    if (target == std::to_string(column)) return column - 1;
  }
  throw Error(fmt::format("{}: no column \"{}\", expected {}a number from {} to {}{}",
                          reader.FirstPlace(), text::Excerpt(target),
                          names.empty() ? "" : "a name of the header or ", first + 1,
                          reader.columns(), reader.SeparatorAdvice()));
}

void CheckSameColumns(const CsvReader& train, const CsvReader& test) {
  if (test.columns() != train.columns()) {
    throw Error(fmt::format("{}: {} fields, expected {} as in {}", test.FirstPlace(),
                            test.columns(), train.columns(), train.path()));
  }
  const auto& names = train.column_names();
  const auto& test_names = test.column_names();
  if (names.empty() != test_names.empty()) {
    throw Error(fmt::format("{}: {}, unlike {}; --header=yes or --header=no decides for both",
                            test.FirstPlace(), names.empty() ? "a header" : "no header",
                            train.path()));
  }
  const auto [name, test_name] = std::ranges::mismatch(names, test_names);
  if (name == names.end()) return;
  throw Error(fmt::format("{}: column {} is \"{}\", expected \"{}\" as in {}", test.FirstPlace(),
                          name - names.begin() + 1, text::Excerpt(*test_name), text::Excerpt(*name),
                          train.path()));
}

// The files, open behind their headers, and what their columns are.
class Tables {
 public:
  explicit Tables(const OwnFiles& files, machine::Sha256* train_sha256 = nullptr,
                  machine::Sha256* test_sha256 = nullptr)
      : train_(CompressedFile(files.train), files.csv, nullptr, train_sha256),
        target_(TargetColumn(train_, files.target)) {
    if (files.is_classification) train_.TakeText(target_);
    if (files.test.empty()) return;
    test_.emplace(CompressedFile(files.test), files.csv, &train_, test_sha256);
    CheckSameColumns(train_, *test_);
    if (files.is_classification) test_->TakeText(target_);
  }

  CsvReader& train() { return train_; }
  CsvReader* test() { return test_ ? &*test_ : nullptr; }
  std::int64_t target() const { return target_; }
  // All columns but the index and the target.
  std::vector<std::int64_t> InputColumns() const {
    std::vector<std::int64_t> columns;
    for (std::int64_t column = train_.has_index() ? 1 : 0; column < train_.columns(); ++column) {
      if (column != target_) columns.push_back(column);
    }
    return columns;
  }

 private:
  CsvReader train_;
  std::int64_t target_;
  std::optional<CsvReader> test_;
};

// Test values far beyond the training set's can leave single precision's range.
void CheckStandardized(const CsvReader& reader, const ColumnScaling& scaling) {
  for (std::int64_t column = 0; column < reader.columns(); ++column) {
    const float value = reader.numbers()[static_cast<std::size_t>(column)];
    if (std::isfinite(scaling.Standardize(column, value))) continue;
    throw Error(fmt::format("{}: {} is {}, too far from its training mean to be standardized",
                            reader.Place(), reader.ColumnTitle(column), value));
  }
}

// Calls visit() for every line, and `on_read` after some.
template <class Visit>
void VisitLines(CsvReader& reader, const OnRead& on_read, const Visit& visit) {
  constexpr std::int64_t kLinesBetween = 256;
  for (std::int64_t line = 0; reader.Next(); ++line) {
    visit();
    if (on_read && line % kLinesBetween == 0) on_read(reader.path(), reader.ShareRead());
  }
}

void StoreInputs(const CsvReader& reader, std::int64_t target, const OwnSamples::Place& place) {
  const std::span<const float> numbers = reader.numbers().subspan(reader.has_index() ? 1 : 0);
  const auto before = static_cast<std::size_t>(target - (reader.has_index() ? 1 : 0));
  float* const inputs = place.dataset->values.data() + place.sample * place.dataset->inputs;
  std::ranges::copy(numbers.subspan(before + 1),
                    std::ranges::copy(numbers.first(before), inputs).out);
  if (!place.dataset->targets.empty()) place.dataset->targets[place.sample] = numbers[before];
}

LabelPlace PlaceOf(const CsvReader& reader) {
  return [&reader] { return reader.Place(); };
}

[[noreturn]] void RefuseChanged(const CsvReader& reader) {
  throw Error(fmt::format("{}: has changed meanwhile", reader.path()));
}

// Labels numbered as they came become classes once all are known.
void RenumberLabels(const Dataset& dataset, const std::vector<std::int32_t>& class_of) {
  for (std::int64_t i = 0; i < dataset.samples; ++i) {
    dataset.labels[i] = class_of[static_cast<std::size_t>(dataset.labels[i])];
  }
}

// Stores the training file's lines, and those of them that test where there is no test file; adds
// the training ones to the scaling. Returns the classes, if there are any.
std::optional<Classes> StoreTrain(Tables& tables, const OwnData& data, OwnSamples& samples,
                                  ColumnScaling& scaling) {
  CsvReader& train = tables.train();
  LabelCollector labels;
  VisitLines(train, {}, [&] {
    const OwnSamples::Place place = samples.NextOfTrain(train.path());
    if (place.is_training) scaling.Add(train.numbers());
    std::int32_t label = 0;  // all labels count, also of samples that are not kept
    if (data.files.is_classification) label = labels.Add(train.text(), PlaceOf(train));
    if (!place.is_kept) return;
    StoreInputs(train, tables.target(), place);
    if (data.files.is_classification) place.dataset->labels[place.sample] = label;
  });
  scaling.Finish();
  if (!data.files.is_classification) return std::nullopt;
  Classes classes = labels.Finish(train.path());
  if (classes.count() != data.outputs) RefuseChanged(train);
  const std::vector<std::int32_t> class_of = labels.ClassesOfLabels(classes);
  RenumberLabels(samples.task().train, class_of);
  if (tables.test() == nullptr) RenumberLabels(samples.task().test, class_of);
  return classes;
}

void StoreTest(CsvReader& test, std::int64_t target, const Classes* classes,
               const std::string& train_path, OwnSamples& samples) {
  VisitLines(test, {}, [&] {
    const OwnSamples::Place place = samples.NextOfTest(test.path());
    StoreInputs(test, target, place);
    if (classes == nullptr) return;
    place.dataset->labels[place.sample] = classes->Find(test.text(), PlaceOf(test), train_path);
  });
}

}  // namespace

OwnData ExamineOwnCsv(const OwnFiles& files, const OnRead& on_read) {
  machine::Sha256 train_sha256;
  machine::Sha256 test_sha256;
  Tables tables(files, &train_sha256, &test_sha256);
  CsvReader& train = tables.train();
  OwnData data{.files = files,
               .inputs = std::ssize(tables.InputColumns()),
               .outputs = 1,
               .digest = {},
               .decisions = train.Decisions()};
  ColumnScaling scaling(train.columns());
  LabelCollector labels;
  VisitLines(train, on_read, [&] {
    ++data.train_samples;
    if (files.is_classification) labels.Add(train.text(), PlaceOf(train));
    scaling.Add(train.numbers());
  });
  scaling.Finish();
  data.digest = train_sha256.Hex();
  std::optional<Classes> classes;
  if (files.is_classification) {
    classes = labels.Finish(files.train);
    data.outputs = classes->count();
    if (!classes->are_indices()) data.classes = classes->names();
  }
  CsvReader* const test = tables.test();
  if (test == nullptr) return data;
  VisitLines(*test, on_read, [&] {
    ++data.test_samples;
    if (classes) classes->Find(test->text(), PlaceOf(*test), files.train);
    if (files.is_standardized) CheckStandardized(*test, scaling);
  });
  data.digest += test_sha256.Hex();
  return data;
}

Task LoadOwnCsv(const OwnData& data, memory::Ledger& ledger, std::int64_t max_samples,
                random::Seed seed) {
  Tables tables(data.files);
  const CsvReader& train = tables.train();
  const std::vector<std::int64_t> input_columns = tables.InputColumns();
  if (std::ssize(input_columns) != data.inputs) RefuseChanged(train);
  OwnSamples samples(data, false, ledger, max_samples, seed);
  ColumnScaling scaling(train.columns());
  const std::optional<Classes> classes = StoreTrain(tables, data, samples, scaling);
  if (tables.test() != nullptr) {
    StoreTest(*tables.test(), tables.target(), classes ? &*classes : nullptr, train.path(),
              samples);
  }
  samples.CheckAllSeen();
  Task& task = samples.task();
  if (data.files.is_standardized) {
    StandardizeSamples(scaling, input_columns, tables.target(), task.train, train.path());
    StandardizeSamples(scaling, input_columns, tables.target(), task.test,
                       tables.test() == nullptr ? train.path() : tables.test()->path());
  }
  return std::move(task);
}

}  // namespace biasbench::data
