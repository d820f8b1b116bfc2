// The online rule, a step for each sample, beside steps for batches, each at its own best rate.
#pragma once

#include <string>
#include <vector>

#include "record/contrast.h"
#include "report/markdown.h"
#include "report/results.h"
#include "report/studies.h"

namespace biasbench::report {

// The final training loss of trainings at their best rate: the median over seeds of the rates at
// which `stability` ended lowest, on the same task with the same strategy, batch and epochs,
// whatever the width. Other trainings have none.
record::Quantity LossAtBestRate(const Results& results);
// The same, but of batches only trainings of several epochs: as many as take the time of one epoch
// of single samples.
record::Quantity LossAtBestRateInEqualTime(const Results& results);

// Trainings at their best rates, on tasks that have some by single samples.
Table OnlineTable(const Results& results);

// Final losses by single samples less those by batches; "" where no task has such contrasts.
std::string StepForEachSample(const Results& results, const std::vector<Finding>& findings);

// Samples a second by single samples, beside batches of 64: by inputs, a sentence each; "" where
// they were not measured.
std::string TellOnlineSpeed(const record::ResultFile& throughput);

}  // namespace biasbench::report
