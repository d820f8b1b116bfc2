#include "bench/program/row_filter.h"

#include <fmt/format.h>

#include <stdexcept>

#include "text/excerpt.h"

namespace biasbench::bench {

RowFilter::RowFilter(const std::string& pattern)
    : is_set_(!pattern.empty() && pattern != "all"), is_negative_(pattern.starts_with('-')) {
  const char* const expression = pattern.c_str() + (is_negative_ ? 1 : 0);
  if (regcomp(&regex_, expression, REG_EXTENDED | REG_NOSUB) != 0) {
    throw std::invalid_argument(
        fmt::format("--benchmark_filter: '{}' is no regular expression", text::Excerpt(pattern)));
  }
}

bool RowFilter::Matches(const std::string& name) const {
  if (!is_set_) return true;
  const bool is_found = regexec(&regex_, name.c_str(), 0, nullptr, 0) == 0;
  return is_found != is_negative_;
}

}  // namespace biasbench::bench
