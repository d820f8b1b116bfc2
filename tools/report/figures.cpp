#include "report/figures.h"

#include <algorithm>
#include <iterator>

#include "report/figure_makers.h"

namespace biasbench::report {

std::vector<Figure> MakeFigures(const Results& results, const std::vector<Finding>& findings) {
  constexpr Figures (*kFigures[])(const Source&) = {
      AnswerFigure, MemoryByCategory, BiasShare,  Schedules, Throughput,  Peers,     Scaling,
      Brightness,   Convergence,      OnlineRule, Width,     WeightDecay, BiasSigns, Faults};
  std::vector<Figure> figures;
  for (const auto make : kFigures) {
    std::ranges::move(make({results, findings}), std::back_inserter(figures));
  }
  return figures;
}

}  // namespace biasbench::report
