#include "report_evidence.h"

#include "report_decay.h"
#include "report_frontier.h"
#include "report_gap.h"
#include "report_rise.h"
#include "report_seconds.h"
#include "report_width.h"

namespace biasbench::report {

std::vector<Sentence> Evidence(const ResultFile& convergence,
                               const std::vector<CurvePoint>& curves) {
  return {{"Biases in wider networks", DescribeWidths(convergence)},
          {"Under weight decay", DescribeDecay(convergence)},
          {"At equal memory", DescribeFrontier(convergence)},
          {"At equal time", DescribeSeconds(convergence, curves)},
          {"Overfitting", DescribeGap(convergence)},
          {"The rising error", DescribeRise(convergence, curves)}};
}

}  // namespace biasbench::report
