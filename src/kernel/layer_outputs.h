// What all schedules do alike at the output layer: add up the chunks' shares of the outputs in a
// fixed order, keep δ both ways round, and update the output bias.
#pragma once

#include <cstdint>
#include <span>

#include "kernel/optimizer.h"
#include "kernel/parameters.h"
#include "kernel/tile.h"
#include "kernel/training_state.h"
#include "memory/tracked_buffer.h"

namespace biasbench::kernel {

class LayerOutputs {
 public:
  // Workspace: chunks·outputs·batch floats for the shares, outputs·batch for δ.
  LayerOutputs(memory::Ledger& ledger, const Parameters& parameters, std::int64_t chunks);

  // The chunk's share (outputs, batch_size) of Σ_h a_h φ_h.
  std::span<float> Share(std::int64_t chunk, std::int64_t batch_size) const;

  // outputs (batch_size, outputs) = c + Σ shares / output_divisor, chunk after chunk in double
  // precision.
  void Reduce(std::int64_t batch_size, float* outputs) const;

  // Keeps δ transposed beside the caller's rows (batch_size, outputs), which must stay in place.
  OutputGradient Hold(const float* rows, std::int64_t batch_size) const;

 private:
  const Parameters& parameters_;
  std::int64_t chunks_;
  memory::TrackedBuffer<float> shares_;
  memory::TrackedBuffer<float> gradient_panel_;
};

// c −= η m Σ_n δ_n, the sum kept in registers. Does nothing where c is not stored or not trained.
void UpdateOutputBias(const Parameters& parameters, const TrainingState& state,
                      const OutputGradient& gradient, std::int64_t batch_size,
                      const StepSettings& settings);

// Σ_n δ_n for the outputs [output, output + lanes).
template <class SomeLanes>
Vector OutputBiasGradient(const OutputGradient& gradient, std::int64_t batch_size,
                          std::int64_t output, SomeLanes lanes) {
  Vector sum = hn::Zero(kFloat);
  for (std::int64_t n = 0; n < batch_size; ++n) {
    sum = hn::Add(sum, lanes.Load(gradient.rows + n * gradient.outputs + output));
  }
  return sum;
}

}  // namespace biasbench::kernel
