// The parts of a tensor's name.
#pragma once

#include <string_view>

namespace biasbench::model {

struct NameParts {
  std::string_view module;  // "h.0.attn.c_attn", what the tensor belongs to; may be empty
  std::string_view leaf;    // "weight", what it is called there
};

// Splits at the last '.' or '/'; the ":0" of TensorFlow's names is dropped.
NameParts SplitName(std::string_view name);

// The module's own name, without those around it: "c_attn".
std::string_view LastPart(std::string_view module);

}  // namespace biasbench::model
