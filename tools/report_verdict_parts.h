// The sentences of report_verdict.h, one by one.
#pragma once

#include <optional>
#include <string>

#include "report_rows.h"

namespace biasbench::report {

// From the bytes of footprint.json.
std::string MemorySaved(const std::optional<ResultFile>& footprint);
std::string WhereMemoryIs(const std::optional<ResultFile>& footprint);

// From the losses of convergence.json, and the rates of stability.json where there are some.
std::string LossPaid(const std::optional<ResultFile>& convergence,
                     const std::optional<ResultFile>& stability);

}  // namespace biasbench::report
