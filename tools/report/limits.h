// Training speed against the machine's limits, in a sentence.
#pragma once

#include <string>

#include "record/result_rows.h"

namespace biasbench::report {

// A sentence about the fastest schedule at each batch size of the largest shape, under `learned`
// with weights in float32; "" where nothing was measured.
std::string TellLimits(const record::ResultFile& throughput);

}  // namespace biasbench::report
