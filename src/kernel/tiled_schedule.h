// All schedules but textbook: a thread takes a tile of hidden nodes through the whole backward pass
// while it is in cache, and applies each gradient from registers.
//
// Memory of size H: the parameters, the optimizer's state and, where stored, the activations. Per
// thread: one tile of deltas (and of activations where they are recomputed), and the tile's
// parameters where they are drawn again instead of being stored.
#pragma once

#include <cstdint>
#include <memory>

#include "kernel/layer_outputs.h"
#include "kernel/narrow_tile.h"
#include "kernel/schedule.h"
#include "kernel/tiling.h"

namespace biasbench::kernel {

// Bias: a policy of bias/storage.h.
template <class Bias>
class TiledSchedule final : public Schedule {
 public:
  TiledSchedule(const ScheduleDescription& description, Optimizer optimizer, int threads,
                Parameters& parameters, memory::Ledger& ledger);

  void Forward(const BatchView& batch, float* outputs) override;
  void Update(const BatchView& batch, const float* output_gradient,
              const StepSettings& settings) override;
  void UpdateAndForward(const BatchView& batch, const float* output_gradient,
                        const StepSettings& settings, const BatchView& next,
                        float* next_outputs) override;
  void FreezeBiases() override;

 private:
  // A thread's own memory, as offsets in floats from where its share of workspace_ begins.
  struct WorkspaceLayout {
    explicit WorkspaceLayout(std::int64_t tile, const Parameters& parameters,
                             bool stores_activations);
    // Where products are matrix products:
    std::int64_t activation;  // (tile, batch), where they are recomputed
    std::int64_t delta;       // (tile, batch)
    // Where nodes are narrow:
    std::int64_t lane_sums;               // (batch, kNodeLanes)
    std::int64_t hidden_weight_gradient;  // (tile, row_length)
    std::int64_t output_weight_gradient;  // (tile, outputs)
    // Everywhere:
    std::int64_t node_gradient;   // (tile)
    std::int64_t entry_gradient;  // (tile)
    std::int64_t bias;            // (tile)
    std::int64_t hidden_weights;  // (tile, row_length), for weights not stored as floats
    std::int64_t output_weights;  // (tile, outputs), likewise
    std::int64_t size;
  };

  void AllocateForward();
  void AllocateUpdate();
  float* ThreadWorkspace(int thread) const { return workspace_.data() + thread * layout_.size; }
  // Where the tile's weights are as floats: where they are stored, or the thread's.
  float* HiddenWeights(NodeRange tile, float* workspace) const;
  float* OutputWeights(NodeRange tile, float* workspace) const;
  // Brings them there.
  TileWeights Weights(NodeRange tile, float* workspace, bool needs_hidden = true) const;
  // The tile's activations: the stored ones' place, or the thread's.
  float* Activation(NodeRange tile, float* workspace) const;
  // The biases of a tile, as the policy's values.
  auto BiasValues(NodeRange tile, float* workspace) const {
    return bias_.Tile(tile.begin, {workspace + layout_.bias, static_cast<std::size_t>(tile.size)});
  }
  template <Rows kWeights>
  void ComputeActivation(NodeRange tile, const TileWeights& weights, const BatchView& batch,
                         float* workspace) const;
  NarrowParameters Narrow(NodeRange tile, const TileWeights& weights, float* workspace) const;
  // A chunk's share of the outputs: begun, added to by each tile, finished.
  void BeginShare(std::int64_t chunk, const BatchView& batch, float* workspace);
  template <Rows kWeights>
  void ForwardTileOf(NodeRange tile, std::int64_t chunk, const BatchView& batch, float* workspace);
  void FinishShare(std::int64_t chunk, const BatchView& batch, float* workspace);
  // Update, and where `next` is not null, each tile's share of its outputs at once.
  void Pass(const BatchView& batch, const float* output_gradient, const StepSettings& settings,
            const BatchView* next);
  // The tile's weights as the optimizer sees them.
  struct TileGroups {
    ParameterGroup hidden_weights;
    ParameterGroup output_weights;
  };
  TileGroups WeightGroups(NodeRange tile, float* workspace) const;
  // Gradients of a tile, and the step of its weights. node_gradient is filled if biases train.
  template <class Step>
  void UpdateWeights(NodeRange tile, const BatchView& batch, const OutputGradient& gradient,
                     const Step& step, float* workspace);
  template <class Step>
  void UpdateNarrowWeights(NodeRange tile, const BatchView& batch, const OutputGradient& gradient,
                           const Step& step, float* workspace);
  template <class Step>
  void UpdateTile(NodeRange tile, std::int64_t chunk, const BatchView& batch,
                  const OutputGradient& gradient, const StepSettings& settings, const Step& step,
                  float* workspace);
  // The step of the tile's hidden biases, from its nodes' gradients.
  void UpdateHiddenBias(NodeRange tile, std::int64_t chunk, const StepSettings& settings,
                        float* workspace);
  // The step of a bias that spans all tiles, from the chunks' sums in their order.
  void UpdateSpanningBias(const StepSettings& settings);

  bool updates_hidden_bias(const StepSettings& settings) const {
    return Bias::kIsUpdated && settings.updates_biases && parameters_.trains_hidden_bias();
  }

  bool stores_activations_;
  bool streams_;
  bool is_narrow_;
  Optimizer optimizer_;
  int threads_;
  Parameters& parameters_;
  memory::Ledger& ledger_;
  Tiling tiling_;
  WorkspaceLayout layout_;
  Bias bias_;
  LayerOutputs layer_outputs_;
  memory::TrackedBuffer<float> activations_;     // (hidden, batch), where stored
  memory::TrackedBuffer<float> workspace_;       // (threads, layout_.size)
  memory::TrackedBuffer<float> chunk_gradient_;  // (chunks), where one bias spans all tiles
  std::unique_ptr<TrainingState> state_;
};

}  // namespace biasbench::kernel
