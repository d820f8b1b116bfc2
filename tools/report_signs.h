// The second question's experiment: networks trained with the right and with the wrong sign of
// their bias updates, and with too large a rate beside, in otherwise equal settings.
#pragma once

#include <string>
#include <vector>

#include "report_document.h"
#include "report_groups.h"
#include "report_plot.h"
#include "report_rows.h"

namespace biasbench::report {

struct SignExperiment {
  // One group for each strategy; never empty.
  Comparison right;
  Comparison wrong;    // both layers' sign or one's turned, as the rows' labels say
  Comparison control;  // the right sign at a larger rate; may be without groups
};

// The setting with the most strategies first. They point into the file's rows.
std::vector<SignExperiment> SignExperiments(const ResultFile& convergence);
std::vector<SignExperiment> SignExperiments(ResultFile&& convergence) = delete;

// Training and test loss by epoch, the right sign beside the wrong one: a figure for each
// experiment with more than one strategy.
std::vector<Plot> SignFigures(const ResultFile& convergence, const std::vector<CurvePoint>& curves);

// Every strategy's final losses with either sign, and with too large a rate.
Table SignTable(const SignExperiment& experiment);

// How a wrong sign, and too large a rate, change each strategy's test loss; or in how many seeds it
// diverges.
std::string DescribeSigns(const ResultFile& convergence);

}  // namespace biasbench::report
