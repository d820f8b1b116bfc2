#include "data/csv_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <string_view>
#include <system_error>
#include <vector>

namespace biasbench::data {
namespace {

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kBlanks = " \t";
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) + 1 - begin);
}

// False for anything but one number within single precision's range.
bool ParseNumber(std::string_view text, float& number) {
  const char* const end = text.data() + text.size();
  double value = 0;
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end) return false;
  // The negation also refuses NaN.
  if (!(std::abs(value) <= static_cast<double>(std::numeric_limits<float>::max()))) return false;
  number = static_cast<float>(value);
  return true;
}

// A line in messages; rows are counted from 0.
std::string Place(const std::string& name, std::int64_t row) {
  return fmt::format("{}:{}", name, row + 1);
}

void ParseLine(std::string_view line, const std::string& name, std::int64_t row,
               std::vector<float>& numbers) {
  numbers.clear();
  if (line.ends_with('\r')) line.remove_suffix(1);
  for (;;) {
    const std::size_t comma = line.find(',');
    const std::string_view field = Trim(line.substr(0, comma));
    if (!ParseNumber(field, numbers.emplace_back())) {
      constexpr std::size_t kShownCharacters = 32;
      throw Error(fmt::format("{}: field {} is {:?}, expected a finite single-precision number",
                              Place(name, row), numbers.size(), field.substr(0, kShownCharacters)));
    }
    if (comma == std::string_view::npos) return;
    line.remove_prefix(comma + 1);
  }
}

std::int32_t ParseLabel(float number, std::int64_t classes, const std::string& name,
                        std::int64_t row) {
  if (!(number >= 0 && number < static_cast<float>(classes) && number == std::floor(number))) {
    throw Error(fmt::format("{}: label {}, expected a whole number from 0 to {}", Place(name, row),
                            number, classes - 1));
  }
  return static_cast<std::int32_t>(number);
}

}  // namespace

std::int64_t ReadCsvRows(CompressedFile& file, const CsvRowVisitor& visit) {
  file.Rewind();
  std::string line;
  std::vector<float> numbers;
  std::size_t columns = 0;
  std::int64_t row = 0;
  for (; file.ReadLine(line); ++row) {
    ParseLine(line, file.name(), row, numbers);
    if (row == 0) columns = numbers.size();
    if (numbers.size() != columns) {
      throw Error(fmt::format("{}: {} fields, expected {} as on line 1", Place(file.name(), row),
                              numbers.size(), columns));
    }
    visit(row, numbers);
  }
  if (row == 0) {
    throw Error(fmt::format("{}: empty, expected lines of comma-separated numbers", file.name()));
  }
  return row;
}

Dataset ReadCsv(const std::string& path, const CsvTargets& targets, memory::Ledger& ledger,
                std::int64_t max_samples) {
  CompressedFile file(path);
  std::int64_t columns = 0;
  const std::int64_t rows = ReadCsvRows(file, [&columns](std::int64_t, std::span<const float> row) {
    columns = static_cast<std::int64_t>(row.size());
  });
  const std::int64_t target_columns = targets.is_classification ? 1 : targets.outputs;
  if (columns <= target_columns) {
    throw Error(fmt::format("{}: {} fields, expected at least {}: inputs, then {}", Place(path, 0),
                            columns, target_columns + 1,
                            targets.is_classification ? "the label" : "the targets"));
  }

  Dataset dataset;
  dataset.samples = LimitSamples(rows, max_samples);
  dataset.inputs = columns - target_columns;
  dataset.outputs = targets.outputs;
  constexpr auto kCategory = memory::Category::kDataset;
  dataset.values = {ledger, kCategory, dataset.samples * dataset.inputs};
  if (targets.is_classification) {
    dataset.labels = {ledger, kCategory, dataset.samples};
  } else {
    dataset.targets = {ledger, kCategory, dataset.samples * dataset.outputs};
  }
  ReadCsvRows(file, [&](std::int64_t row, std::span<const float> numbers) {
    if (row >= dataset.samples) return;
    if (static_cast<std::int64_t>(numbers.size()) != columns) {
      throw Error(fmt::format("{}: changed while it was read", path));
    }
    std::copy_n(numbers.begin(), dataset.inputs, dataset.values.data() + row * dataset.inputs);
    if (targets.is_classification) {
      dataset.labels[row] = ParseLabel(numbers.back(), targets.outputs, path, row);
    } else {
      std::copy_n(numbers.begin() + dataset.inputs, dataset.outputs,
                  dataset.targets.data() + row * dataset.outputs);
    }
  });
  return dataset;
}

}  // namespace biasbench::data
