// The JSON Schema of the axes' keys in result rows.
#pragma once

#include <nlohmann/json.hpp>

namespace biasbench::setting {

// $defs `setting`, the keys of all rows of instances, and `training_setting`, those that only rows
// of programs that train have besides: an object's properties, and which of them are required. It
// stands in results/schema/axes.json, where tools/check_results finds it.
nlohmann::json SchemaOfAxes();

}  // namespace biasbench::setting
