#include "data/csv_layout.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <map>

#include "data/csv_number.h"
#include "data/csv_records.h"
#include "text/excerpt.h"

namespace biasbench::data {
namespace {

constexpr std::int64_t kSeparatorLines = 100;
constexpr std::int64_t kSeparatorBytes = std::int64_t{1} << 20;
constexpr std::int64_t kHeaderLines = 1000;

// A line's fields, and how many of them are numbers.
struct LineFields {
  std::size_t fields;
  std::size_t numbers;
};

// Decimal commas count as numbers here, although they must be requested.
bool IsLikeNumber(std::string_view field, char separator) {
  return IsCsvNumber(field, '.') || (separator != ',' && IsCsvNumber(field, ','));
}

// The fields of the first lines; none if they cannot be split this way.
std::vector<LineFields> FirstLines(CompressedFile& file, const CsvOptions& options,
                                   char separator) {
  std::vector<LineFields> lines;
  try {
    CsvRecords records(file, {.separator = separator, .comment = options.comment});
    while (std::ssize(lines) < kSeparatorLines && records.Next()) {
      const auto numbers = std::ranges::count_if(
          records.fields(),
          [separator](std::string_view field) { return IsLikeNumber(field, separator); });
      lines.push_back({records.fields().size(), static_cast<std::size_t>(numbers)});
      if (records.end_offset() > kSeparatorBytes) break;
    }
  } catch (const Error&) {
    return {};
  }
  return lines;
}

// The share of the first lines' fields that are numbers, in lines of the most common length; 0 if
// that is one field.
double ScoreOf(const std::vector<LineFields>& lines) {
  std::map<std::size_t, std::size_t> lines_of_length;
  std::size_t fields = 0;
  for (const LineFields& line : lines) {
    ++lines_of_length[line.fields];
    fields += line.fields;
  }
  if (lines.empty()) return 0;
  const std::size_t length = std::ranges::max_element(lines_of_length, {}, [](const auto& entry) {
                               return entry.second;
                             })->first;
  if (length < 2) return 0;
  std::size_t numbers = 0;
  for (const LineFields& line : lines) numbers += line.fields == length ? line.numbers : 0;
  constexpr double kSplits = 1e-9;  // more than a separator under which there is one field
  return kSplits + static_cast<double>(numbers) / static_cast<double>(fields);
}

bool CountsUpFromZero(const std::vector<std::string>& fields) {
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (fields[i] != std::to_string(i)) return false;
  }
  return fields.size() > 1;
}

}  // namespace

const std::vector<CsvSeparator>& CsvSeparators() {
  static const std::vector<CsvSeparator> kSeparators = {
      {',', "comma"}, {';', "semicolon"}, {'\t', "tab"}, {' ', "blank"}};
  return kSeparators;
}

std::string SeparatorName(char separator) {
  for (const CsvSeparator& known : CsvSeparators()) {
    if (known.letter == separator) return std::string(known.name);
  }
  return std::string(1, separator);
}

char RecogniseSeparator(CompressedFile& file, const CsvOptions& options) {
  char best = options.decimal == ',' ? ';' : ',';
  double best_score = 0;
  for (const CsvSeparator& separator : CsvSeparators()) {
    if (separator.letter == options.decimal) continue;
    const double score = ScoreOf(FirstLines(file, options, separator.letter));
    if (score <= best_score) continue;
    best = separator.letter;
    best_score = score;
  }
  return best;
}

HeaderDecision DecideHeader(CompressedFile& file, const CsvOptions& options, char separator) {
  CsvRecords records(file, {.separator = separator, .comment = options.comment});
  if (!records.Next()) return {.has_header = std::nullopt, .reason = {}};
  const std::vector<std::string> first(records.fields().begin(), records.fields().end());
  std::vector<bool> is_followed_by_numbers(first.size(), true);
  std::int64_t line = 0;
  for (; line < kHeaderLines && records.Next(); ++line) {
    const std::size_t columns = std::min(first.size(), records.fields().size());
    for (std::size_t i = 0; i < columns; ++i) {
      is_followed_by_numbers[i] =
          is_followed_by_numbers[i] && IsCsvNumber(records.fields()[i], options.decimal);
    }
  }
  bool has_number_column = false;
  std::optional<std::size_t> above_numbers;  // a column with a name, if there is one
  for (std::size_t i = 0; i < first.size(); ++i) {
    if (!is_followed_by_numbers[i]) continue;
    if (IsCsvNumber(first[i], options.decimal)) {
      has_number_column = true;
    } else if (line > 0 && (!above_numbers || first[*above_numbers].empty())) {
      above_numbers = i;
    }
  }
  if (above_numbers) {
    return {.has_header = true,
            .reason = fmt::format("below \"{}\" there are numbers",
                                  text::Excerpt(first[*above_numbers]))};
  }
  if (CountsUpFromZero(first)) return {.has_header = true, .reason = "it counts up from 0"};
  if (has_number_column) return {.has_header = false, .reason = "it holds numbers like the next"};
  return {.has_header = std::nullopt, .reason = {}};
}

}  // namespace biasbench::data
