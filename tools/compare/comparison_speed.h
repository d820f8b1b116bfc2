// Takes what the machine did out of times.
#pragma once

#include "compare/comparable_results.h"

namespace biasbench::tools {

// By how much times went with the machine's speed: as speed^−exponent. 0 where rows do not tell it.
struct SpeedExponents {
  double arithmetic = 0;
  double bus = 0;
};

// Changes the times of throughput rows to what they had been on a machine that is always the same:
//
//   - a repetition that other processes robbed of cores (its processor time over its time is below
//     95 % of the most in any repetition of its row in that run) is left out where eight others
//     remain, else brought to the time with all of them;
//   - the machine's speed, arithmetic's and the bus's, which throughput measures around every
//     repetition, is brought to the mean of both sides', or each side's to its own where they were
//     measured in two ways. The exponents are fitted over the repetitions of all names that both
//     sides have, each side's of a name about their own mean, so that what differs between the
//     sides has no say in them, and kept in [0, 1].
//
// Returns the exponents. Rows of names that only one side has stay.
SpeedExponents AdjustTimes(ComparableResults& a, ComparableResults& b, bool takes_turns);

}  // namespace biasbench::tools
