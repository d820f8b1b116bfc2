// Centring of inputs. Weights can imitate a bias only if the inputs' mean is not zero.
#pragma once

#include "data/task.h"
#include "memory/ledger.h"

namespace biasbench::data {

// Makes both of the task's datasets subtract from their inputs the mean over the training set,
// column by column. The stored values do not change.
void CentreInputs(Task& task, memory::Ledger& ledger);

}  // namespace biasbench::data
