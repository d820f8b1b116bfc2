// The user's rules for the kinds of tensors.
#pragma once

#include <string>
#include <string_view>

#include "model/kind.h"

namespace biasbench::model {

struct Rule {
  std::string pattern;  // of whole names: * stands for any letters, ? for any one
  Kind kind = Kind::kOther;

  bool Matches(std::string_view name) const;
};

// "PATTERN=KIND". Throws std::invalid_argument saying what is accepted.
Rule ParseRule(const std::string& text);

}  // namespace biasbench::model
