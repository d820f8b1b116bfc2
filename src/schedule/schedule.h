// The interface of a schedule, which takes training steps: see schedules.h.
#pragma once

#include <cstdint>

#include "kernel/tile.h"
#include "schedule/step.h"

namespace biasbench::schedule {

// Buffers are made when the first step needs them, in the phase that needs them, and then kept.
class Schedule {
 public:
  virtual ~Schedule() = default;
  Schedule(const Schedule&) = delete;
  Schedule& operator=(const Schedule&) = delete;

  // outputs (batch.size, outputs) = f(x) for every sample of the batch. A schedule that takes
  // blocks may be given up to pass_samples(), and is then about to be updated batch by batch.
  virtual void Forward(const kernel::BatchView& batch, float* outputs) = 0;

  // One optimizer step. output_gradient (batch.size, outputs) is δ for the batch that Forward saw
  // last.
  virtual void Update(const kernel::BatchView& batch, const float* output_gradient,
                      const StepSettings& settings) = 0;

  // Update on the batch that Forward saw last, then Forward on `next`; a schedule that streams does
  // both in one pass. The two batches and their outputs must not share memory. A schedule that
  // takes blocks is given the next batch of its block as it was in Forward, then the next block: of
  // it the outputs of the first batch are computed. Until an Update without a next batch its
  // parameters must not be read.
  virtual void UpdateAndForward(const kernel::BatchView& batch, const float* output_gradient,
                                const StepSettings& settings, const kernel::BatchView& next,
                                float* next_outputs) {
    Update(batch, output_gradient, settings);
    Forward(next, next_outputs);
  }

  // The number of rows of hidden weights that the last update left unwritten because they did not
  // change.
  virtual std::int64_t unwritten_rows() const { return 0; }

  // Frees what only the training of biases needs; later steps must have updates_biases false.
  virtual void FreezeBiases() = 0;

 protected:
  Schedule() = default;
};

}  // namespace biasbench::schedule
