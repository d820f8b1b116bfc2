// The output layer, common to all schedules: adds up the chunks' shares of the outputs, keeps δ by
// rows and transposed, and updates the output bias.
#pragma once

#include <cstdint>
#include <span>

#include "kernel/tile.h"
#include "memory/tracked_buffer.h"
#include "schedule/chunk_sums.h"
#include "schedule/parameters.h"
#include "schedule/training_state.h"

namespace biasbench::schedule {

class LayerOutputs {
 public:
  // Workspace for the configuration's batches: the chunks' shares, and outputs·batch floats for δ.
  // Throws memory::OutOfMemory.
  LayerOutputs(memory::Ledger& ledger, const Parameters& parameters,
               const Configuration& configuration);
  // The formula of the workspace's bytes.
  static void AddBytes(const Configuration& configuration, MemorySum& sum);

  // The chunk's share (outputs, batch_size) of Σ_h a_h φ_h, written by the thread that owns the
  // chunk; CloseShare() says that it is complete.
  float* Share(std::int64_t chunk, int thread, std::int64_t batch_size) const {
    return sums_.Share(chunk, thread, ShareSize(batch_size));
  }
  void CloseShare(std::int64_t chunk, int thread, std::int64_t batch_size) {
    sums_.Close(chunk, thread, ShareSize(batch_size));
  }
  // Writes the share from lane_sums (outputs, batch_size, kNodeLanes), each number the sum of its
  // lanes in their order, and closes it.
  void CloseLanes(std::int64_t chunk, int thread, std::int64_t batch_size, const float* lane_sums);
  std::int64_t ShareSize(std::int64_t batch_size) const {
    return parameters_.configuration.shape.outputs * batch_size;
  }

  // outputs (batch_size, outputs) = c + Σ shares / output_divisor.
  void Reduce(std::int64_t batch_size, float* outputs) const;

  // Keeps δ transposed beside the caller's rows (batch_size, outputs), which must stay in place.
  kernel::OutputGradient Hold(const float* rows, std::int64_t batch_size) const;

 private:
  const Parameters& parameters_;
  ChunkSums sums_;
  memory::TrackedBuffer<float> gradient_panel_;
};

// c −= η m Σ_n δ_n, the sum kept in registers. Does nothing where c is not stored or not trained.
void UpdateOutputBias(const Parameters& parameters, const TrainingState& state,
                      const kernel::OutputGradient& gradient, std::int64_t batch_size,
                      const StepSettings& settings);

// Σ_n δ_n for the outputs [output, output + lanes).
template <class SomeLanes>
Vector OutputBiasGradient(const kernel::OutputGradient& gradient, std::int64_t batch_size,
                          std::int64_t output, SomeLanes lanes) {
  Vector sum = hn::Zero(kFloat);
  for (std::int64_t n = 0; n < batch_size; ++n) {
    sum = hn::Add(sum, lanes.Load(gradient.rows + n * gradient.outputs + output));
  }
  return sum;
}

}  // namespace biasbench::schedule
