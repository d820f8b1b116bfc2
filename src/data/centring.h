// Centred inputs: whether weights can imitate a bias depends on the inputs' mean.
#pragma once

#include "data/task.h"
#include "memory/ledger.h"

namespace biasbench::data {

// From now on both of the task's datasets give inputs less their mean over the training set, column
// by column. The stored values stay as they are.
void CentreInputs(Task& task, memory::Ledger& ledger);

}  // namespace biasbench::data
