// What the experiments on biases say, a sentence for each claim.
#pragma once

#include <vector>

#include "report_rows.h"
#include "report_sentence.h"

namespace biasbench::report {

// Width, weight decay, equal bytes and seconds, overfitting, the rise under a wrong sign.
std::vector<Sentence> Evidence(const ResultFile& convergence,
                               const std::vector<CurvePoint>& curves);

}  // namespace biasbench::report
