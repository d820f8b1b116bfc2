// `textbook`: what a framework does. Every product is a pass of its own over the whole layer, every
// intermediate is kept, every parameter has a gradient in memory, and the optimizer comes last.
// Products are Eigen's.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "kernel/hidden_biases.h"
#include "kernel/layer_outputs.h"
#include "kernel/schedule.h"
#include "kernel/tiling.h"

namespace biasbench::kernel {

class TextbookSchedule final : public Schedule {
 public:
  TextbookSchedule(Optimizer optimizer, int threads, Parameters& parameters,
                   memory::Ledger& ledger);

  void Forward(const BatchView& batch, float* outputs) override;
  void Update(const BatchView& batch, const float* output_gradient,
              const StepSettings& settings) override;
  void FreezeBiases() override;

 private:
  void AllocateForward();
  void AllocateBackward();
  // A thread's workspace: a value for each node of a chunk, and the chunk's weights where they are
  // drawn again instead of being stored.
  std::int64_t workspace_floats() const;
  std::span<float> NodeScratch(NodeRange nodes, int thread) const;
  // The nodes' weights where they are stored, or drawn again into the workspace.
  const float* HiddenWeights(NodeRange nodes, int thread) const;
  const float* OutputWeights(NodeRange nodes, int thread) const;
  void ComputeActivations(const BatchView& batch);
  void ComputeDeltas(std::int64_t batch_size, const OutputGradient& gradient);
  void ComputeWeightGradients(const BatchView& batch, const OutputGradient& gradient);
  void ComputeBiasGradients(std::int64_t batch_size, const OutputGradient& gradient);
  void UpdateWeights(const StepSettings& settings);
  void UpdateBiases(const StepSettings& settings);

  Optimizer optimizer_;
  int threads_;
  Parameters& parameters_;
  memory::Ledger& ledger_;
  Tiling tiling_;
  HiddenBiases hidden_biases_;
  LayerOutputs layer_outputs_;
  memory::TrackedBuffer<float> workspace_;               // (threads, workspace_floats())
  memory::TrackedBuffer<float> activations_;             // (hidden, batch)
  memory::TrackedBuffer<float> deltas_;                  // (hidden, batch)
  memory::TrackedBuffer<float> hidden_weight_gradient_;  // (hidden, row_length)
  memory::TrackedBuffer<float> output_weight_gradient_;  // (hidden, outputs)
  memory::TrackedBuffer<float> hidden_bias_gradient_;    // (bias_entries)
  memory::TrackedBuffer<float> chunk_gradient_;          // (chunks), where one bias spans all
  memory::TrackedBuffer<float> output_bias_gradient_;    // (outputs)
  std::unique_ptr<TrainingState> state_;
};

}  // namespace biasbench::kernel
