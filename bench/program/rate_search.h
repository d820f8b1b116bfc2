// A search for the largest stable learning rate and for the rate with the lowest loss.
#pragma once

#include <functional>
#include <optional>
#include <vector>

namespace biasbench::bench {

// The outcome of a whole training at one rate.
struct Trial {
  double rate = 0;
  double loss = 0;         // the final training loss; may be not finite
  bool is_stable = false;  // did not diverge and ends no higher than it began
};

struct RateSearch {
  std::vector<Trial> trials;  // in the order in which they were made; never empty
  // Nullopt if all rates tried, up to 2^20 times the first or down to 2^−20 of it, were stable or
  // all unstable.
  std::optional<double> largest_stable;
  std::optional<double> smallest_unstable;
  std::optional<Trial> best;  // the lowest loss of the stable ones
};

// Doubles or halves `first_rate` until it knows a stable and an unstable rate, bisects between them
// until they are within a tenth of each other, and then halves the lowest rate tried for as long as
// that is the best: a task can want less than the common rate.
RateSearch SearchRates(double first_rate, const std::function<Trial(double rate)>& train);

}  // namespace biasbench::bench
