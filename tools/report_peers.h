// The peers' runs: the same training with what people would use instead, beside ours.
#pragma once

#include "report_document.h"
#include "report_rows.h"

namespace biasbench::report {

// By batch, the fastest median first; ratios are to the best peer of the batch that is not ours.
// Empty if nothing was measured.
Table PeersTable(const record::ResultFile& peers);

}  // namespace biasbench::report
