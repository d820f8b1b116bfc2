#include "data/csv_number.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <system_error>

namespace biasbench::data {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// True if a number that double precision does not reach is too small for it rather than too large:
// its first digit that is not 0 stands behind the point, the exponent considered.
bool IsTiny(std::string_view number) {
  const std::size_t mark = std::min(number.find_first_of("eE"), number.size());
  const std::string_view digits = number.substr(0, mark);
  const std::size_t point = std::min(digits.find('.'), digits.size());
  const std::size_t first = digits.find_first_of("123456789");
  if (first == std::string_view::npos) return true;
  std::string_view power = number.substr(std::min(mark + 1, number.size()));
  if (power.starts_with('+')) power.remove_prefix(1);
  std::int64_t exponent = 0;
  const auto [end, error] = std::from_chars(power.data(), power.data() + power.size(), exponent);
  if (error == std::errc::result_out_of_range) return power.starts_with('-');
  const auto shift = static_cast<std::int64_t>(first) - static_cast<std::int64_t>(point);
  return exponent < shift;
}

// The number in double precision; infinite out of its range, nothing if the text is no number.
std::optional<double> ParseDouble(std::string_view text) {
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (stop != end || error == std::errc::invalid_argument) return std::nullopt;
  if (error == std::errc::result_out_of_range) {
    const double sign = text.starts_with('-') ? -1.0 : 1.0;
    return sign * (IsTiny(text) ? 0.0 : kInfinity);
  }
  return value;
}

std::optional<double> ParseAny(std::string_view text, char decimal) {
  if (decimal == '.') return ParseDouble(text);
  constexpr std::size_t kLongest = 400;  // beyond which there is no digit of any weight
  std::array<char, kLongest> pointed{};
  if (text.size() > kLongest || text.find('.') != std::string_view::npos) return std::nullopt;
  std::ranges::copy(text, pointed.begin());
  std::replace(pointed.begin(), pointed.begin() + static_cast<std::ptrdiff_t>(text.size()), decimal,
               '.');
  return ParseDouble({pointed.data(), text.size()});
}

}  // namespace

std::optional<float> ParseCsvNumber(std::string_view field, char decimal) {
  const std::optional<double> value = ParseAny(field, decimal);
  // The negation also refuses NaN.
  constexpr auto kMax = static_cast<double>(std::numeric_limits<float>::max());
  if (!value || !(std::abs(*value) <= kMax)) return std::nullopt;
  return static_cast<float>(*value);
}

bool IsCsvNumber(std::string_view field, char decimal) {
  return ParseAny(field, decimal).has_value();
}

}  // namespace biasbench::data
