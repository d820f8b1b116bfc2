#include "model/name_parts.h"

namespace biasbench::model {

NameParts SplitName(std::string_view name) {
  constexpr std::string_view kOutput = ":0";
  if (name.ends_with(kOutput)) name.remove_suffix(kOutput.size());
  const std::size_t at = name.find_last_of("./");
  if (at == std::string_view::npos) return {"", name};
  return {name.substr(0, at), name.substr(at + 1)};
}

std::string_view LastPart(std::string_view module) { return SplitName(module).leaf; }

}  // namespace biasbench::model
