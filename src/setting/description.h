// A setting's description: a row's keys, its name, and the command that repeats it.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "setting/setting.h"

namespace biasbench::setting {

// The setting as keys of a result row (strategy, schedule, …, hidden, …, epochs, …); the measured
// process gets the same object.
nlohmann::json ToJson(const Setting& setting);
Setting FromJson(const nlohmann::json& json);

// footprint/<strategy>/<schedule>/<optimizer>/inputs:784/… ; convergence/<task>/<strategy>/…
std::string CanonicalName(std::string_view program, const Setting& setting);

// The flags that select this row alone.
std::vector<std::string> RepeatFlags(const Setting& setting);

}  // namespace biasbench::setting
