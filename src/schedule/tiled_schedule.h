// The tiled schedules `in_place`, `recompute`, `streaming` and `streaming_recompute`: a thread
// takes a tile of hidden nodes through the whole backward pass while it is in cache, and applies
// each gradient from registers.
//
// Memory of size H: the parameters, the optimizer's state and, where stored, the activations, or
// one bit of each of ReLU's where no weight is trained. Per thread: one tile of deltas (and of
// activations where they are not stored), and its output weights as floats where they are not
// stored so (its hidden weights where they are not stored at all).
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "kernel/narrow_tile.h"
#include "schedule/hidden_bias_step.h"
#include "schedule/hidden_biases.h"
#include "schedule/layer_outputs.h"
#include "schedule/memory_sum.h"
#include "schedule/parts.h"
#include "schedule/prepared_batch.h"
#include "schedule/schedule.h"
#include "schedule/tiled_workspace.h"
#include "schedule/tiling.h"
#include "schedule/training_state.h"

namespace biasbench::schedule {

class TiledSchedule final : public Schedule {
 public:
  // `configuration` may differ from the parameters' in batch and schedule. All must outlive it.
  TiledSchedule(Parameters& parameters, const Configuration& configuration, memory::Ledger& ledger);
  // The formula of what the first forward pass makes.
  static void AddForwardBytes(const Configuration& configuration, MemorySum& sum);

  void Forward(const kernel::BatchView& rows, float* outputs) override;
  void Update(const kernel::BatchView& batch, const float* output_gradient,
              const StepSettings& settings) override;
  void UpdateAndForward(const kernel::BatchView& batch, const float* output_gradient,
                        const StepSettings& settings, const kernel::BatchView& next,
                        float* next_outputs) override;
  void FreezeBiases() override;
  std::int64_t unwritten_rows() const override { return unwritten_rows_; }

 private:
  void AllocateForward();
  void AllocateUpdate();
  // The tile's weights as floats: the stored ones, or copies in the workspace.
  const float* HiddenWeights(NodeRange tile, float* workspace) const;
  const float* OutputWeights(NodeRange tile, float* workspace) const;
  kernel::NarrowParameters Narrow(NodeRange tile, float* workspace) const;
  kernel::NarrowGradients Gradients(float* workspace) const;
  // The tile's activations, stored or in the thread's workspace, and its bits of the mask.
  float* Activation(NodeRange tile, float* workspace) const;
  std::uint8_t* Mask(NodeRange tile) const;
  // Computes activation (nodes, batch). `residence` is that of the nodes' hidden weights.
  void ComputeActivation(NodeRange nodes, const kernel::BatchView& batch,
                         kernel::Residence residence, const float* bias, float* workspace,
                         float* activation) const;
  void ActivateTile(NodeRange tile, const kernel::BatchView& batch, kernel::Residence residence,
                    float* workspace) const;
  // A chunk's partial outputs: zeroed, accumulated tile by tile (for narrow nodes by the forward
  // pass itself), reduced.
  void BeginShare(Part part, const kernel::BatchView& batch);
  void AddToShare(NodeRange tile, Part part, const kernel::BatchView& batch);
  void FinishShare(Part part, const kernel::BatchView& batch);
  // Updates and, if `next` is not null, computes each tile's share of its outputs in the same pass.
  void Pass(const kernel::BatchView& batch, const float* output_gradient,
            const StepSettings& settings, const kernel::BatchView* next);
  // Computes the tile's gradients and steps its weights, except hidden weights of nodes that are
  // not narrow. Fills node_gradient if biases train.
  void UpdateTile(NodeRange tile, const kernel::BatchView& batch,
                  const kernel::OutputGradient& gradient, const StepSettings& settings,
                  float* workspace);
  void StepOutputWeights(NodeRange tile, const kernel::BatchView& batch,
                         const kernel::OutputGradient& gradient, const StepSettings& settings,
                         float* workspace);
  // Steps those hidden weights and, if `next` is not null, computes its activations: in the same
  // walk if both batches are small.
  void StepHiddenWeights(NodeRange tile, const kernel::BatchView& batch,
                         const StepSettings& settings, const kernel::BatchView* next,
                         float* workspace);
  void StepNarrowWeights(NodeRange tile, const StepSettings& settings, float* workspace);

  Parameters& parameters_;
  const Configuration& configuration_;
  Kept kept_;
  bool is_narrow_;
  memory::Ledger& ledger_;
  Tiling tiling_;
  TiledWorkspace layout_;
  Parts parts_;
  HiddenBiases hidden_biases_;
  HiddenBiasStep hidden_bias_step_;
  bool streams_;
  LayerOutputs layer_outputs_;
  PreparedBatch batch_;  // the one that Forward saw last
  PreparedBatch next_batch_;
  memory::TrackedBuffer<float> activations_;  // (hidden, batch), where stored
  memory::TrackedBuffer<std::uint8_t> mask_;  // (hidden, batch) bits, where stored
  std::unique_ptr<TrainingState> state_;
  std::atomic<std::int64_t> unwritten_rows_ = 0;
};

}  // namespace biasbench::schedule
