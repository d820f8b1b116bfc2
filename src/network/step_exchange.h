// What the ranks of a network exchange in a training step, by formula.
#pragma once

#include "schedule/configuration.h"
#include "schedule/rank_sums.h"

namespace biasbench::network {

// Of the rank at configuration.place, in a step on a whole batch with another one after it: the
// sums of the outputs, and of the gradient of a bias that spans all nodes. Zero for a rank alone.
schedule::ExchangeCost StepExchange(const schedule::Configuration& configuration);

}  // namespace biasbench::network
