// The sentences of report_verdict.h, one by one.
#pragma once

#include <optional>
#include <string>

#include "report_rows.h"

namespace biasbench::report {

// From the bytes of footprint.json.
std::string MemorySaved(const std::optional<ResultFile>& footprint);
std::string WhereMemoryIs(const std::optional<ResultFile>& footprint);

// From the losses of convergence.json.
std::string LossPaid(const std::optional<ResultFile>& convergence);

}  // namespace biasbench::report
