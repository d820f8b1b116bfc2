// The input is one field. What is a number, and which, must be what the C library says.
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "data/csv_number.h"
#include "fuzzing/require.h"

namespace {

using biasbench::fuzzing::Require;

std::size_t SkipDigits(std::string_view& text) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  text.remove_prefix(digits);
  return digits;
}

void SkipSign(std::string_view& text) {
  if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
}

// strtod() alone also reads blanks, hexadecimal digits, infinities and NaNs.
bool IsDecimal(std::string_view text) {
  SkipSign(text);
  std::size_t digits = SkipDigits(text);
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    digits += SkipDigits(text);
  }
  if (digits == 0) return false;
  if (text.empty()) return true;
  if (text[0] != 'e' && text[0] != 'E') return false;
  text.remove_prefix(1);
  SkipSign(text);
  return SkipDigits(text) > 0 && text.empty();
}

std::optional<float> Expected(const std::string& text) {
  const double value = std::strtod(text.c_str(), nullptr);
  const bool fits = std::abs(value) <= static_cast<double>(std::numeric_limits<float>::max());
  return IsDecimal(text) && fits ? std::optional(static_cast<float>(value)) : std::nullopt;
}

void CheckNumber(const std::string& field, char decimal, const std::optional<float>& expected) {
  const std::optional<float> number = biasbench::data::ParseCsvNumber(field, decimal);
  Require(number.has_value() == expected.has_value(), "a field is a number if it is one in C");
  if (!number) return;
  Require(*number == *expected, "a number is worth what it is in C");
  Require(std::signbit(*number) == std::signbit(*expected), "a zero has its sign");
  Require(biasbench::data::IsCsvNumber(field, decimal), "a number is like a number");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kLongestWithComma = 400;
  std::string field(reinterpret_cast<const char*>(data), size);
  const std::optional<float> expected = Expected(field);
  CheckNumber(field, '.', expected);
  if (size > kLongestWithComma || field.find(',') != std::string::npos) return 0;
  for (char& letter : field) {
    if (letter == '.') letter = ',';
  }
  CheckNumber(field, ',', expected);
  return 0;
}
