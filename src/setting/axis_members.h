// The members that rows in several files share: names of enumerators, parsers, defaults.
#pragma once

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "data/task.h"
#include "setting/axis.h"
#include "setting/values.h"

namespace biasbench::setting {

using Names = std::vector<std::string>;

// Sets the enumerator whose name the value is; `names` stand in the enumerators' order.
template <class Enumeration>
void SetEnumerator(const Names& names, const Value& value, Enumeration& target) {
  const auto found = std::ranges::find(names, value.get<std::string>());
  if (found == names.end()) throw std::invalid_argument("unknown name " + value.dump());
  target = static_cast<Enumeration>(found - names.begin());
}

template <class Enumeration>
Value NameOf(const Names& names, Enumeration value) {
  return names.at(static_cast<std::size_t>(value));
}

template <const CountRange& kRange>
Value ParseCountIn(std::string_view part) {
  return ParseCount(part, kRange);
}

inline Value Zero(const Setting& /*setting*/, const Program& /*program*/) { return 0; }
inline Value Off(const Setting& /*setting*/, const Program& /*program*/) { return false; }

// The training defaults of the setting's data.
inline const data::TrainingDefaults& DefaultsOf(const Setting& setting) {
  return setting.own_data ? data::kOwnDefaults : data::FindTask(setting.task).defaults;
}

}  // namespace biasbench::setting
