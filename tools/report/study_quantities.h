// The quantities that studies compare, of a row each; those of the online rule are in
// online_rule.h.
#pragma once

#include "record/contrast.h"
#include "report/results.h"

namespace biasbench::report {

record::Quantity TrainLoss(const Results& results);
record::Quantity TestAccuracy(const Results& results);
record::Quantity StableRate(const Results& results);
record::Quantity BestLoss(const Results& results);  // at the best rate tried
record::Quantity Imitation(const Results& results);
record::Quantity Overfitting(const Results& results);  // the test loss less the training loss

// The changes of the test accuracy when images are an eighth, or eight times, as bright.
record::Quantity ChangeWhenDarker(const Results& results);
record::Quantity ChangeWhenBrighter(const Results& results);

// The running loss of the last epoch that ended within the seconds that `learned` takes there.
record::Quantity LossInEqualTime(const Results& results);
// The epoch in which the running loss first exceeds its start; infinite where it never does.
record::Quantity RiseEpoch(const Results& results);

}  // namespace biasbench::report
