// Takes what the machine did out of times.
#pragma once

#include "comparable_results.h"

namespace biasbench::tools {

// Changes the times of throughput rows to what they had been on a machine that is always the same:
//
//   - a repetition that other processes robbed of cores (its processor time over its time is less
//     than in the best repetition of its row in that run) to the time with all of them;
//   - for the cores' speed, which throughput measures around every repetition in arithmetic and on
//     the bus (the geometric mean of both counts), to the mean of both sides'. Times go as
//     speed^−exponent; the exponent is fitted over the repetitions of all names that both sides
//     have, each side's of a name about their own mean, so that what differs between the sides has
//     no say in it, and kept in [0, 1].
//
// Returns the exponent; 0 where rows do not tell the speed. Rows of names that only one side has
// stay.
double AdjustTimes(ComparableResults& a, ComparableResults& b);

}  // namespace biasbench::tools
