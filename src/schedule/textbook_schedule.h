// The schedule `textbook`, as a framework trains: every product is a pass of its own over the whole
// layer, every intermediate is kept, every parameter has a gradient in memory, and the optimizer
// comes last. Products are Eigen's.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "schedule/chunk_sums.h"
#include "schedule/hidden_biases.h"
#include "schedule/layer_outputs.h"
#include "schedule/schedule.h"
#include "schedule/tiling.h"
#include "schedule/training_state.h"

namespace biasbench::schedule {

class TextbookSchedule final : public Schedule {
 public:
  TextbookSchedule(Parameters& parameters, memory::Ledger& ledger);
  // The size of a thread's workspace: a value for each node of a chunk, and the chunk's weights
  // where they are drawn again instead of being stored.
  static std::int64_t WorkspaceFloats(const Configuration& configuration);

  void Forward(const kernel::BatchView& batch, float* outputs) override;
  void Update(const kernel::BatchView& batch, const float* output_gradient,
              const StepSettings& settings) override;
  void FreezeBiases() override;

 private:
  void AllocateForward();
  void AllocateBackward();
  std::span<float> NodeScratch(NodeRange nodes, int thread) const;
  // The nodes' weights where they are stored, or drawn again into the workspace.
  const float* HiddenWeights(NodeRange nodes, int thread) const;
  const float* OutputWeights(NodeRange nodes, int thread) const;
  void ComputeActivations(const kernel::BatchView& batch);
  void ComputeDeltas(std::int64_t batch_size, const kernel::OutputGradient& gradient);
  void ComputeWeightGradients(const kernel::BatchView& batch,
                              const kernel::OutputGradient& gradient);
  void ComputeBiasGradients(std::int64_t batch_size, const kernel::OutputGradient& gradient);
  void UpdateWeights(const StepSettings& settings);
  void UpdateBiases(const StepSettings& settings);

  Parameters& parameters_;
  const Configuration& configuration_;
  memory::Ledger& ledger_;
  Tiling tiling_;
  std::int64_t workspace_floats_;
  HiddenBiases hidden_biases_;
  LayerOutputs layer_outputs_;
  memory::TrackedBuffer<float> workspace_;    // (threads, workspace_floats_)
  memory::TrackedBuffer<float> activations_;  // (hidden, batch)
  bool has_backward_buffers_ = false;
  memory::TrackedBuffer<float> deltas_;                  // (hidden, batch)
  memory::TrackedBuffer<float> hidden_weight_gradient_;  // (hidden, row_length)
  memory::TrackedBuffer<float> output_weight_gradient_;  // (hidden, outputs)
  memory::TrackedBuffer<float> hidden_bias_gradient_;    // (bias_entries)
  ChunkSums spanning_gradient_;                          // where one bias spans all nodes
  memory::TrackedBuffer<float> output_bias_gradient_;    // (outputs)
  std::unique_ptr<TrainingState> state_;
};

}  // namespace biasbench::schedule
