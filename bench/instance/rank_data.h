// The data of an instance whose ranks may be on machines without the files.
#pragma once

#include "data/task.h"
#include "memory/ledger.h"
#include "ranks/exchange.h"

namespace biasbench::bench {

// Copies the task of rank 0 to `task` of the other ranks, whose buffers are entered in the ledger
// as its are. Every rank calls it.
void ShareTask(data::Task& task, memory::Ledger& ledger, ranks::Exchange& exchange);

}  // namespace biasbench::bench
