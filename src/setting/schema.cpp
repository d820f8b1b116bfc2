#include "setting/schema.h"

#include <stdexcept>
#include <string>

#include "setting/axis.h"

namespace biasbench::setting {
namespace {

using nlohmann::json;

bool TakesZero(const Axis& axis) {
  if (axis.in_name != InName::kAlways) return true;  // it stands for what is not given
  try {
    axis.parse("0");
    return true;
  } catch (const std::invalid_argument&) {
    return false;
  }
}

json SchemaOf(const Axis& axis) {
  if (axis.flag.empty()) return {{"type", "object"}};
  if (axis.kind.empty()) return {{"type", "boolean"}};
  if (axis.names != nullptr) {
    // Families are open, and so are tasks: not every machine has all.
    if (axis.parse != nullptr) return {{"type", "string"}, {"minLength", 1}};
    return {{"enum", axis.names()}};
  }
  if (axis.parse("1").is_array()) {
    return {{"type", "array"},
            {"minItems", 1},
            {"items", {{"type", "number"}, {"exclusiveMinimum", 0}}}};
  }
  const bool takes_zero = TakesZero(axis);
  if (axis.parse("1").is_number_integer()) {
    return {{"type", "integer"}, {"minimum", takes_zero ? 0 : 1}};
  }
  return {{"type", "number"}, {takes_zero ? "minimum" : "exclusiveMinimum", 0}};
}

// The schema of the axes whose rows are in the scope.
json SchemaOf(Scope scope) {
  json properties = json::object();
  json required = json::array();
  for (const Axis& axis : Axes()) {
    if (axis.key_scope != scope) continue;
    properties[axis.key] = SchemaOf(axis);
    if (!axis.is_optional) required.push_back(axis.key);
  }
  return {{"properties", properties}, {"required", required}};
}

}  // namespace

json SchemaOfAxes() {
  return {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
          {"title", "The settings of result rows"},
          {"description", "Written by build/release/tools/axes_schema; not by hand."},
          {"$defs",
           {{"setting", SchemaOf(Scope::kAll)}, {"training_setting", SchemaOf(Scope::kTraining)}}}};
}

}  // namespace biasbench::setting
