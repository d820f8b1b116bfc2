// A batch prepared for products (kernel::BatchView): whether all of it is finite, and the layouts
// that products with bfloat16 weights need.
#pragma once

#include <cstdint>

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
  void PrepareHalves();
  void PrepareInputPairs();
  void PrepareSamplePairs();

  memory::TrackedBuffer<float> paired_rows_;
  // Operands of products by the processor. Words of two bfloat16 are typed as floats, as kernels
  // load them.
  memory::TrackedBuffer<std::uint16_t> halves_;
  memory::TrackedBuffer<float> input_pairs_;
  memory::TrackedBuffer<float> last_inputs_;
  memory::TrackedBuffer<float> sample_pairs_;
  kernel::BatchView view_{};
};

}  // namespace biasbench::schedule
