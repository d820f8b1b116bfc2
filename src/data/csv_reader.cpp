#include "data/csv_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <string_view>
#include <system_error>
#include <utility>

namespace biasbench::data {
namespace {

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kBlanks = " \t";
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) + 1 - begin);
}

std::string_view Unquote(std::string_view text) {
  const bool is_quoted = text.size() > 1 && text.starts_with('"') && text.ends_with('"');
  return is_quoted ? text.substr(1, text.size() - 2) : text;
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

// Whether a field may name a column: it is not empty, nor a number of any kind, nan included.
bool IsName(std::string_view field) {
  if (field.starts_with('+')) field.remove_prefix(1);
  double value = 0;
  const char* const end = field.data() + field.size();
  const auto [stop, error] = std::from_chars(field.data(), end, value);
  return !field.empty() && (error == std::errc::invalid_argument || stop != end);
}

std::vector<std::string_view> FieldsOf(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  std::vector<std::string_view> fields;
  for (;;) {
    const std::size_t comma = line.find(',');
    fields.push_back(Trim(line.substr(0, comma)));
    if (comma == std::string_view::npos) return fields;
    line.remove_prefix(comma + 1);
  }
}

}  // namespace

CsvReader::CsvReader(CompressedFile file) : file_(std::move(file)) {
  file_.Rewind();
  ReadFirstLine();
}

void CsvReader::ReadFirstLine() {
  if (!file_.ReadLine(line_)) {
    throw Error(fmt::format("{}: empty, expected lines of comma-separated numbers", path()));
  }
  line_number_ = 1;
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (line_.starts_with(kByteOrderMark)) line_.erase(0, kByteOrderMark.size());
  const std::vector<std::string_view> fields = FieldsOf(line_);
  columns_ = static_cast<std::int64_t>(fields.size());
  has_line_ = !std::ranges::all_of(fields, IsName);
  if (has_line_) return;
  for (const std::string_view field : fields) column_names_.emplace_back(Unquote(field));
}

bool CsvReader::Next() {
  if (!has_line_) {
    if (!file_.ReadLine(line_)) {
      if (numbers_.empty()) {
        throw Error(fmt::format("{}: a header and no line of numbers after it", path()));
      }
      return false;
    }
    ++line_number_;
  }
  has_line_ = false;
  numbers_.clear();
  for (const std::string_view field : FieldsOf(line_)) {
    if (ParseNumber(field, numbers_.emplace_back())) continue;
    constexpr std::size_t kShownCharacters = 32;
    throw Error(fmt::format("{}: field {} is {:?}, expected a finite single-precision number",
                            Place(), numbers_.size(), field.substr(0, kShownCharacters)));
  }
  if (static_cast<std::int64_t>(numbers_.size()) != columns_) {
    throw Error(
        fmt::format("{}: {} fields, expected {} as on line 1", Place(), numbers_.size(), columns_));
  }
  return true;
}

std::string CsvReader::Place() const { return fmt::format("{}:{}", path(), line_number_); }

}  // namespace biasbench::data
