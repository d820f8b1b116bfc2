// Correction of times for the machine's speed.
#pragma once

#include "compare/comparable_results.h"

namespace biasbench::tools {

// The dependence of times on the machine's speed, as speed^−exponent. 0 if rows do not tell the
// speed.
struct SpeedExponents {
  double arithmetic = 0;
  double bus = 0;
};

// Corrects the times of throughput rows to those of a machine of constant speed:
//
//   - A repetition that lost processor time to other programs (its processor time over its time is
//     below 95 % of the maximum over its row in that run) is dropped if eight others remain, else
//     scaled to the time with all cores.
//   - Times are scaled from the machine's speed, of arithmetic and of the bus, which throughput
//     measures around every repetition, to the mean speed of both sides (to each side's own mean if
//     the two were measured in different ways). The exponents are fitted over the repetitions of
//     all names that both sides have, each side's of a name about their own mean, so that
//     differences between the sides do not enter, and are kept in [0, 1].
//
// Returns the exponents. Rows of names that only one side has do not change.
SpeedExponents AdjustTimes(ComparableResults& a, ComparableResults& b, bool takes_turns);

}  // namespace biasbench::tools
