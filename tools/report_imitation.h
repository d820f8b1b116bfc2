// Do weights act as biases where the inputs' mean lets them? Raw inputs beside centred ones.
#pragma once

#include <string>

#include "report_rows.h"

namespace biasbench::report {

// For each task and strategy that was trained with raw and with centred inputs in otherwise equal
// settings: the weights' share of a node's constant input, at the start and at the end.
std::string DescribeImitation(const ResultFile& convergence);

}  // namespace biasbench::report
