#include "report_verdict.h"

#include "report_verdict_parts.h"

namespace biasbench::report {

std::vector<Sentence> Verdict(const Results& results) {
  return {{"What fixing biases saves", MemorySaved(results.footprint)},
          {"What it costs", LossPaid(results.convergence)},
          {"Where the memory is", WhereMemoryIs(results.footprint)}};
}

}  // namespace biasbench::report
