// The schedule `blocked`: exact SGD on small batches that moves the hidden weights once a block of
// K steps instead of once a step. With W the weights at the block's start, P_t = Π (1 − η λ) over
// its first t steps, and j over the samples of steps before t, a sample x of step t has
//
//   z = P_t (W x) + b_t + Σ_j P_t c_j (x_j·x) ∂z_j        c_j = −η / P_(s+1) for j in step s
//
// So W is multiplied with all inputs of the block in one product, and every step works on the
// samples' columns alone (kernel/block_columns.h). At the block's end, in the same pass that
// multiplies the next block's inputs,
//
//   W ← P_K W + Σ_j P_K c_j ∂z_j x_jᵀ
//
// The sums over j go in two levels: the columns of a sub-block (about eight samples, whole batches)
// are brought up to date at once from all columns before it, in a matrix product, and then step by
// step from those of their own sub-block. (Prior art: Benesty and Duhamel's block-exact LMS, IEEE
// TSP 40(12), 1992; delayed rank-k updates, McDaniel et al., J. Chem. Phys. 147, 2017.)
//
// Memory of size H: the parameters and one column for each sample of the block. Output weights are
// transposed in place, tile by tile, while a block is open: from the first step of a block to the
// update without a next batch, parameters must not be read.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "schedule/block_coefficients.h"
#include "schedule/blocked_workspace.h"
#include "schedule/hidden_bias_step.h"
#include "schedule/hidden_biases.h"
#include "schedule/layer_outputs.h"
#include "schedule/output_columns.h"
#include "schedule/parts.h"
#include "schedule/prepared_batch.h"
#include "schedule/schedule.h"
#include "schedule/tiling.h"
#include "schedule/training_state.h"

namespace biasbench::schedule {

class BlockedSchedule final : public Schedule {
 public:
  BlockedSchedule(Parameters& parameters, memory::Ledger& ledger);

  void Forward(const kernel::BatchView& block, float* outputs) override;
  void Update(const kernel::BatchView& batch, const float* output_gradient,
              const StepSettings& settings) override;
  void UpdateAndForward(const kernel::BatchView& batch, const float* output_gradient,
                        const StepSettings& settings, const kernel::BatchView& next,
                        float* next_outputs) override;
  void FreezeBiases() override;
  std::int64_t unwritten_rows() const override { return unwritten_rows_; }

 private:
  // One step, and what follows it.
  struct Step {
    SampleRange batch;  // among the block's
    kernel::OutputGradient gradient;
    const StepSettings& settings;
    bool closes;                                    // the block
    const kernel::BatchView* next_block = nullptr;  // where it closes and another follows
    SampleRange next = {};                          // whose outputs are wanted; none if empty
  };

  void AllocateForward();
  void AllocateUpdate();
  // The tile's columns from a sample on: (samples, tile.size).
  float* Columns(NodeRange tile, std::int64_t sample) const {
    return columns_.data() + tile.begin * samples_ + sample * tile.size;
  }
  OutputColumnsScratch ColumnsScratch(float* workspace) const {
    return {workspace + layout_.output_weights, workspace + layout_.transposed_weights};
  }

  // The tile's columns = W x for all samples of the block. `residence` is that of W.
  void MultiplyTile(NodeRange tile, const kernel::BatchView& block, kernel::Residence residence,
                    float* workspace) const;
  // A chunk's partial outputs of `count` samples: zeroed, accumulated tile by tile, reduced.
  void BeginShare(std::int64_t count, float* workspace) const;
  void AddOutputs(NodeRange tile, std::int64_t count, const float* z, bool are_transposed,
                  float* workspace) const;
  void FinishShare(Part part, std::int64_t count);
  // Brings the batch's columns to z, and adds their outputs to the share.
  void ForwardTile(NodeRange tile, SampleRange batch, float* workspace) const;
  // The forward pass on its own, for biases that are known only after the last tile.
  void ForwardAgain(SampleRange batch);

  void RunStep(const Step& step, float* outputs);
  // Turns the batch's columns into ∂z, and steps the tile's output weights.
  void StepTile(NodeRange tile, const Step& step, float* workspace) const;
  // Updates the tile's hidden weights at the block's end, and multiplies them with the next block.
  void CloseTile(NodeRange tile, const Step& step, double kept, float* workspace);
  void StepHiddenWeights(NodeRange tile, const Step& step, double kept, float* workspace);

  Parameters& parameters_;
  const Configuration& configuration_;
  memory::Ledger& ledger_;
  Tiling tiling_;
  std::int64_t samples_;  // of a whole block
  BlockedWorkspace layout_;
  Parts parts_;
  HiddenBiases hidden_biases_;
  HiddenBiasStep hidden_bias_step_;
  LayerOutputs layer_outputs_;
  PreparedBatch block_;
  PreparedBatch next_block_;
  memory::TrackedBuffer<float> columns_;  // (hidden, samples), by tiles (samples, nodes)
  std::unique_ptr<TrainingState> state_;
  std::atomic<std::int64_t> unwritten_rows_ = 0;

  // The open block.
  BlockCoefficients coefficients_;
  std::int64_t begin_ = 0;               // of the batch whose outputs were computed last
  bool has_transposed_weights_ = false;  // output weights lie as (outputs, nodes)
};

}  // namespace biasbench::schedule
