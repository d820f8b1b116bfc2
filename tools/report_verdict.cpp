#include "report_verdict.h"

#include "report_imitation.h"
#include "report_pairs.h"
#include "report_signs.h"
#include "report_verdict_parts.h"

namespace biasbench::report {

std::vector<Sentence> Verdict(const Results& results) {
  std::vector<Sentence> sentences = {{"What fixing biases saves", MemorySaved(results.footprint)},
                                     {"What it costs", LossPaid(results.convergence)},
                                     {"Where the memory is", WhereMemoryIs(results.footprint)},
                                     {"How to update a bias", UpdateRules(results.convergence)}};
  if (results.convergence) {
    sentences.push_back(
        {"Against the same start",
         DescribePairs(PairSettings(*results.convergence, "train_loss"), "Final training loss")});
    sentences.push_back({"A wrong sign", DescribeSigns(*results.convergence)});
    sentences.push_back({"Small weights as biases", DescribeImitation(*results.convergence)});
  }
  if (results.stability) {
    sentences.push_back(
        {"Stability", DescribePairs(PairSettings(*results.stability, "largest_stable_rate"),
                                    "Largest stable learning rate")});
    sentences.push_back({"Each at its own best rate",
                         DescribePairs(PairSettings(*results.stability, "best_train_loss"),
                                       "Final training loss at the best rate tried")});
  }
  return sentences;
}

}  // namespace biasbench::report
