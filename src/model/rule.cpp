#include "model/rule.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <stdexcept>
#include <vector>

#include "text/excerpt.h"

namespace biasbench::model {

bool Rule::Matches(std::string_view name) const {
  std::size_t at = 0;
  std::size_t in_pattern = 0;
  std::size_t star = std::string::npos;  // the last * so far
  std::size_t after_star = 0;            // where in the name it ends for now
  while (at < name.size()) {
    if (in_pattern < pattern.size() && pattern[in_pattern] == '*') {
      star = in_pattern++;
      after_star = at;
    } else if (in_pattern < pattern.size() &&
               (pattern[in_pattern] == '?' || pattern[in_pattern] == name[at])) {
      ++in_pattern;
      ++at;
    } else if (star != std::string::npos) {
      in_pattern = star + 1;
      at = ++after_star;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', in_pattern) == std::string::npos;
}

Rule ParseRule(const std::string& text) {
  const std::size_t equals = text.rfind('=');
  const std::string_view kind =
      equals == std::string::npos ? std::string_view() : std::string_view(text).substr(equals + 1);
  const auto* const row = std::ranges::find(kKinds, kind, &KindDescription::name);
  if (equals == std::string::npos || equals == 0 || row == kKinds.end()) {
    std::vector<std::string_view> names;
    for (const KindDescription& description : kKinds) names.push_back(description.name);
    throw std::invalid_argument(fmt::format("'{}' is not PATTERN=KIND with KIND one of {}",
                                            text::Excerpt(text), fmt::join(names, ", ")));
  }
  return {text.substr(0, equals), static_cast<Kind>(row - kKinds.begin())};
}

}  // namespace biasbench::model
