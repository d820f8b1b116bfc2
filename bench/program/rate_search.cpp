#include "bench/program/rate_search.h"

#include <algorithm>
#include <cmath>

namespace biasbench::bench {
namespace {

constexpr int kMaxDoublings = 20;
constexpr double kBracketRatio = 1.1;

class Search {
 public:
  explicit Search(const std::function<Trial(double rate)>& train) : train_(train) {}

  RateSearch Run(double first_rate) {
    Bracket(first_rate);
    while (search_.largest_stable && search_.smallest_unstable &&
           *search_.smallest_unstable > kBracketRatio * *search_.largest_stable) {
      Try(std::sqrt(*search_.smallest_unstable * *search_.largest_stable));
    }
    for (int i = 0; i < kMaxDoublings && IsBestTheLowest(); ++i) Try(LowestRate() / 2);
    return std::move(search_);
  }

 private:
  bool Try(double rate) {
    const Trial trial = train_(rate);
    search_.trials.push_back(trial);
    if (!trial.is_stable) {
      search_.smallest_unstable = std::min(rate, search_.smallest_unstable.value_or(rate));
      return false;
    }
    search_.largest_stable = std::max(rate, search_.largest_stable.value_or(rate));
    if (!search_.best || trial.loss < search_.best->loss) search_.best = trial;
    return true;
  }

  void Bracket(double rate) {
    const bool is_stable = Try(rate);
    const double factor = is_stable ? 2 : 0.5;
    for (int i = 0; i < kMaxDoublings; ++i) {
      rate *= factor;
      if (Try(rate) != is_stable) return;
    }
  }

  double LowestRate() const { return std::ranges::min(search_.trials, {}, &Trial::rate).rate; }
  bool IsBestTheLowest() const { return search_.best && search_.best->rate == LowestRate(); }

  const std::function<Trial(double rate)>& train_;
  RateSearch search_;
};

}  // namespace

RateSearch SearchRates(double first_rate, const std::function<Trial(double rate)>& train) {
  return Search(train).Run(first_rate);
}

}  // namespace biasbench::bench
