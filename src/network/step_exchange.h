// Messages between the ranks of a network in a training step, by formula: the sums of the outputs,
// and of the gradient of a bias that spans all nodes. None for a rank alone.
#pragma once

#include "schedule/configuration.h"
#include "schedule/rank_sums.h"

namespace biasbench::network {

// Those that the rank at configuration.place sends in a step on a whole batch with another one
// after it.
schedule::Messages SentInStep(const schedule::Configuration& configuration);
// The messages that follow one another in it.
schedule::Messages InTurnInStep(const schedule::Configuration& configuration);

}  // namespace biasbench::network
