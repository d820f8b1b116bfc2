// The largest learning rate that training survives, and the one that serves it best.
#pragma once

#include <functional>
#include <optional>
#include <vector>

namespace biasbench::bench {

// What a whole training at some rate ends in.
struct Trial {
  double rate = 0;
  double loss = 0;         // the final training loss; may be not finite
  bool is_stable = false;  // did not diverge and ends no higher than it began
};

struct RateSearch {
  std::vector<Trial> trials;  // in the order in which they were made; never empty
  // Nothing where every rate tried, down or up to 2^20 times the first, was unstable or stable.
  std::optional<double> largest_stable;
  std::optional<double> smallest_unstable;
  std::optional<Trial> best;  // the lowest loss of the stable ones
};

// Doubles or halves `first_rate` until it knows a stable and an unstable rate, bisects between them
// until they are within a tenth of each other, and then halves the lowest rate tried for as long as
// that is the best: a task can want less than the common rate.
RateSearch SearchRates(double first_rate, const std::function<Trial(double rate)>& train);

}  // namespace biasbench::bench
