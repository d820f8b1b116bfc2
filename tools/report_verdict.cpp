#include "report_verdict.h"

#include "report_imitation.h"
#include "report_pairs.h"
#include "report_signs.h"
#include "report_verdict_parts.h"

namespace biasbench::report {

std::vector<Sentence> Verdict(const Results& results) {
  return {{"What fixing biases saves", MemorySaved(results.footprint)},
          {"What it costs", LossPaid(results.convergence, results.stability)},
          {"Where the memory is", WhereMemoryIs(results.footprint)}};
}

std::vector<Sentence> ConvergenceVerdict(const ResultFile& convergence) {
  return {{"How to update a bias", UpdateRules(convergence)},
          {"Against the same start",
           DescribePairs(PairSettings(convergence, "train_loss"), "Final training loss")},
          {"A wrong sign", DescribeSigns(convergence)},
          {"Small weights as biases", DescribeImitation(convergence)}};
}

std::vector<Sentence> StabilityVerdict(const ResultFile& stability) {
  return {
      {"Stability", DescribePairs(PairSettings(stability, "largest_stable_rate"),
                                  "Largest stable learning rate")},
      {"Each at its own best rate", DescribePairs(PairSettings(stability, "best_train_loss"),
                                                  "Final training loss at the best rate tried")}};
}

}  // namespace biasbench::report
