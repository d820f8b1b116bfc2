#include "setting/values.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "machine/processors.h"
#include "text/excerpt.h"

namespace biasbench::setting {

double ParseNumber(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool is_whole_text = error == std::errc{} && end == text.data() + text.size();
  return is_whole_text ? value : std::numeric_limits<double>::quiet_NaN();
}

std::int64_t ParseCount(std::string_view text, const CountRange& range) {
  const double value = ParseNumber(text);
  // Both ends of every range are exact in double precision.
  if (!(value >= static_cast<double>(range.min) && value <= static_cast<double>(range.max)) ||
      value != std::floor(value)) {
    throw std::invalid_argument(fmt::format("'{}' is not a whole number from {} to {}",
                                            text::Excerpt(text), range.min, range.max));
  }
  return static_cast<std::int64_t>(value);
}

double ParsePositive(std::string_view text) {
  const double value = ParseNumber(text);
  if (!(value > 0) || !std::isfinite(value)) {
    throw std::invalid_argument(fmt::format("'{}' is not a number above 0", text::Excerpt(text)));
  }
  return value;
}

std::vector<std::string> SplitList(std::string_view text) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    if (end == begin) {
      throw std::invalid_argument(
          fmt::format("'{}' has an empty part; expected a list like a,b,c", text::Excerpt(text)));
    }
    parts.emplace_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

std::int64_t ParseCountFlag(std::string_view flag, const std::string& text,
                            const CountRange& range) {
  return ParseFlag(flag, text, [&](const std::string& count) { return ParseCount(count, range); });
}

int AvailableProcessors() { return std::max(1, static_cast<int>(machine::AllowedProcessors())); }

}  // namespace biasbench::setting
