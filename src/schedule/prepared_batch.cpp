#include "schedule/prepared_batch.h"

#include "kernel/narrow_tile.h"

namespace biasbench::schedule {
namespace {

using memory::Category;

bool NeedsPairedRows(const Configuration& configuration) {
  return configuration.stores_weights() && !configuration.stores_float_weights() &&
         configuration.row_length() % 2 == 0 &&
         !kernel::IsNarrow(configuration.row_length(), configuration.shape.outputs);
}

}  // namespace

PreparedBatch::PreparedBatch(memory::Ledger& ledger, const Configuration& configuration) {
  if (NeedsPairedRows(configuration)) {
    paired_rows_ = {ledger, Category::kWorkspace,
                    configuration.shape.batch * configuration.row_length()};
  }
}

void PreparedBatch::AddBytes(const Configuration& configuration, MemorySum& sum) {
  if (NeedsPairedRows(configuration)) {
    sum.Add(Category::kWorkspace,
            {kFloatBytes, configuration.shape.batch, configuration.row_length()});
  }
}

void PreparedBatch::Prepare(const kernel::BatchView& batch) {
  view_ = batch;
  if (paired_rows_.empty()) return;
  kernel::PairColumns(batch.size, batch.inputs, batch.rows, paired_rows_.data());
  view_.paired_rows = paired_rows_.data();
}

}  // namespace biasbench::schedule
