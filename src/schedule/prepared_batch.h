// A batch in the further orders that products with bfloat16 weights read it in.
#pragma once

#include "kernel/tile.h"
#include "memory/tracked_buffer.h"
#include "schedule/configuration.h"
#include "schedule/memory_sum.h"

namespace biasbench::schedule {

class PreparedBatch {
 public:
  PreparedBatch() = default;
  // Workspace for batches of the configuration's size. Throws memory::OutOfMemory.
  PreparedBatch(memory::Ledger& ledger, const Configuration& configuration);
  // The formula of its bytes.
  static void AddBytes(const Configuration& configuration, MemorySum& sum);

  // Reads the batch, whose arrays must stay in place, and keeps the view.
  void Prepare(const kernel::BatchView& batch);
  const kernel::BatchView& view() const { return view_; }

 private:
  memory::TrackedBuffer<float> paired_rows_;
  kernel::BatchView view_{};
};

}  // namespace biasbench::schedule
