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
#include "schedule/chunk_sums.h"
#include "schedule/hidden_biases.h"
#include "schedule/layer_outputs.h"
#include "schedule/prepared_batch.h"
#include "schedule/schedule.h"
#include "schedule/tiling.h"
#include "schedule/training_state.h"

namespace biasbench::schedule {

class TiledSchedule final : public Schedule {
 public:
  TiledSchedule(Parameters& parameters, memory::Ledger& ledger);
  // The formula of its buffers' bytes.
  static void AddBytes(const Configuration& configuration, MemorySum& sum);

  void Forward(const kernel::BatchView& rows, float* outputs) override;
  void Update(const kernel::BatchView& batch, const float* output_gradient,
              const StepSettings& settings) override;
  void UpdateAndForward(const kernel::BatchView& batch, const float* output_gradient,
                        const StepSettings& settings, const kernel::BatchView& next,
                        float* next_outputs) override;
  void FreezeBiases() override;
  std::int64_t unwritten_rows() const override { return unwritten_rows_; }

 private:
  // The activations that the forward pass keeps for the backward pass.
  enum class Kept : std::uint8_t { kNothing, kMask, kActivations };
  static Kept KeptBy(const Configuration& configuration);

  // The layout of a thread's workspace: offsets in floats from the beginning of its part of
  // workspace_.
  struct WorkspaceLayout {
    explicit WorkspaceLayout(const Configuration& configuration);
    std::int64_t activation;  // (tile, batch), where it is not stored for all nodes
    // For matrix products:
    std::int64_t delta;        // (tile, batch)
    std::int64_t delta_pairs;  // (tile, ⌈batch / 2⌉): for products of bfloat16 by the processor
    // For narrow nodes:
    std::int64_t lane_sums;               // (batch, kNodeLanes)
    std::int64_t hidden_weight_gradient;  // (tile, row_length)
    // For narrow nodes or trained weights:
    std::int64_t output_weight_gradient;  // (tile, outputs)
    // For all:
    std::int64_t node_gradient;   // (tile)
    std::int64_t entry_gradient;  // (tile)
    std::int64_t bias;            // (tile)
    std::int64_t hidden_weights;  // (tile, row_length), drawn again, or widened where narrow
    std::int64_t output_weights;  // (tile, outputs), for weights not stored as floats
    std::int64_t size;
  };

  // A chunk, and the workspace of the thread that owns it.
  struct Part {
    std::int64_t chunk;
    int thread;
    float* workspace;
  };

  void AllocateForward();
  void AllocateUpdate();
  // Calls body(part) for every chunk.
  template <class Body>
  void ForEachPart(const Body& body) const;
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
  // Steps the tile's hidden biases from its nodes' gradients; for a bias that spans all tiles, adds
  // their share of its gradient.
  void UpdateHiddenBias(NodeRange tile, Part part, const StepSettings& settings);

  bool updates_hidden_bias(const StepSettings& settings) const {
    return settings.updates_biases && trains_hidden_bias_;
  }

  Parameters& parameters_;
  const Configuration& configuration_;
  Kept kept_;
  bool is_narrow_;
  memory::Ledger& ledger_;
  Tiling tiling_;
  WorkspaceLayout layout_;
  HiddenBiases hidden_biases_;
  bool trains_hidden_bias_;  // asked of the strategy once, not once a tile
  bool streams_;
  LayerOutputs layer_outputs_;
  PreparedBatch batch_;  // the one that Forward saw last
  PreparedBatch next_batch_;
  memory::TrackedBuffer<float> activations_;  // (hidden, batch), where stored
  memory::TrackedBuffer<std::uint8_t> mask_;  // (hidden, batch) bits, where stored
  memory::TrackedBuffer<float> workspace_;    // (threads, layout_.size)
  ChunkSums spanning_gradient_;               // where one bias spans all tiles
  std::unique_ptr<TrainingState> state_;
  std::atomic<std::int64_t> unwritten_rows_ = 0;
};

}  // namespace biasbench::schedule
