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
#include <vector>

#include "schedule/chunk_sums.h"
#include "schedule/hidden_biases.h"
#include "schedule/layer_outputs.h"
#include "schedule/prepared_batch.h"
#include "schedule/schedule.h"
#include "schedule/tiling.h"
#include "schedule/training_state.h"

namespace biasbench::schedule {

class BlockedSchedule final : public Schedule {
 public:
  BlockedSchedule(Parameters& parameters, memory::Ledger& ledger);
  // The formula of its buffers' bytes.
  static void AddBytes(const Configuration& configuration, MemorySum& sum);

  void Forward(const kernel::BatchView& block, float* outputs) override;
  void Update(const kernel::BatchView& batch, const float* output_gradient,
              const StepSettings& settings) override;
  void UpdateAndForward(const kernel::BatchView& batch, const float* output_gradient,
                        const StepSettings& settings, const kernel::BatchView& next,
                        float* next_outputs) override;
  void FreezeBiases() override;
  std::int64_t unwritten_rows() const override { return unwritten_rows_; }

 private:
  // The layout of a thread's workspace: offsets in floats from the beginning of its part of
  // workspace_.
  struct WorkspaceLayout {
    explicit WorkspaceLayout(const Configuration& configuration);
    std::int64_t product;         // (tile, samples): W x, or the deltas as the update takes them
    std::int64_t delta_pairs;     // (tile, ⌈samples / 2⌉): for products of bfloat16
    std::int64_t activation;      // (batch, tile)
    std::int64_t lane_sums;       // (outputs, samples, kNodeLanes)
    std::int64_t output_weights;  // (tile, outputs), as floats
    std::int64_t transposed_weights;  // (outputs, tile)
    std::int64_t hidden_weights;      // (tile, row_length), where they are drawn again
    std::int64_t node_gradient;       // (tile)
    std::int64_t entry_gradient;      // (tile)
    std::int64_t bias;                // (tile)
    std::int64_t size;
  };

  // A chunk, and the workspace of the thread that owns it.
  struct Part {
    std::int64_t chunk;
    int thread;
    float* workspace;
  };

  // The samples of one step among the block's.
  struct Batch {
    std::int64_t begin;
    std::int64_t size;
  };

  // One step, and what follows it.
  struct Step {
    Batch batch;
    kernel::OutputGradient gradient;
    const StepSettings& settings;
    bool closes;                                    // the block
    const kernel::BatchView* next_block = nullptr;  // where it closes and another follows
    Batch next = {0, 0};                            // whose outputs are wanted; none if empty
  };

  void AllocateForward();
  void AllocateUpdate();
  template <class Body>
  void ForEachPart(const Body& body) const;
  // The tile's columns from a sample on: (samples, tile.size).
  float* Columns(NodeRange tile, std::int64_t sample) const {
    return columns_.data() + tile.begin * samples_ + sample * tile.size;
  }
  std::int64_t SubBlockBegin(std::int64_t sample) const { return sample / sub_block_ * sub_block_; }

  // Begins a block, before its first step.
  void Open();
  // Computes x_j·x for all samples of the block.
  void MultiplyInputs();
  // Multiplies a step's factor into P_t and P_t c_j.
  void Count(Batch batch, const StepSettings& settings);
  // Computes P_t c_j (x_j·x): for the batch from earlier samples of its sub-block; if it begins a
  // sub-block, for all of the sub-block from all samples before it.
  void PrepareCoefficients(Batch next);
  // The tile's columns = W x for all samples of the block. `residence` is that of W.
  void MultiplyTile(NodeRange tile, const kernel::BatchView& block, kernel::Residence residence,
                    float* workspace) const;
  // Transposes the tile's output weights in place: (nodes, outputs) to (outputs, nodes), or back.
  void TransposeOutputWeights(NodeRange tile, bool to_columns, float* workspace) const;
  // Calls use(values) with the tile's output weights as (outputs, nodes), transposed if necessary.
  template <class Use>
  void WithOutputColumns(NodeRange tile, bool are_transposed, float* workspace,
                         const Use& use) const;

  // A chunk's partial outputs of `count` samples: zeroed, accumulated tile by tile, reduced.
  void BeginShare(std::int64_t count, float* workspace) const;
  void AddOutputs(NodeRange tile, std::int64_t count, const float* z, bool are_transposed,
                  float* workspace) const;
  void FinishShare(Part part, std::int64_t count);
  // Brings the batch's columns to z, and adds their outputs to the share.
  void ForwardTile(NodeRange tile, Batch batch, float* workspace) const;
  // The forward pass on its own, for biases that are known only after the last tile.
  void ForwardAgain(Batch batch);

  void RunStep(const Step& step, float* outputs);
  // Turns the batch's columns into ∂z, and steps the tile's output weights.
  void StepTile(NodeRange tile, const Step& step, float* workspace) const;
  void StepBias(NodeRange tile, const StepSettings& settings, Part part);
  // Computes the factors of ∂z_j x_jᵀ in the update that ends the block.
  void PrepareClosing();
  // Updates the tile's hidden weights at the block's end, and multiplies them with the next block.
  void CloseTile(NodeRange tile, const Step& step, double kept, float* workspace);
  void StepHiddenWeights(NodeRange tile, const Step& step, double kept, float* workspace);

  Parameters& parameters_;
  const Configuration& configuration_;
  memory::Ledger& ledger_;
  Tiling tiling_;
  std::int64_t samples_;    // of a whole block
  std::int64_t sub_block_;  // samples
  WorkspaceLayout layout_;
  HiddenBiases hidden_biases_;
  bool trains_hidden_bias_;
  LayerOutputs layer_outputs_;
  PreparedBatch block_;
  PreparedBatch next_block_;
  memory::TrackedBuffer<float> columns_;       // (hidden, samples), by tiles (samples, nodes)
  memory::TrackedBuffer<float> products_;      // (samples, samples): x_j·x
  memory::TrackedBuffer<float> coefficients_;  // (samples, samples)
  memory::TrackedBuffer<float> workspace_;     // (threads, layout_.size)
  ChunkSums spanning_gradient_;                // where one bias spans all tiles
  std::unique_ptr<TrainingState> state_;
  std::atomic<std::int64_t> unwritten_rows_ = 0;

  // The open block.
  std::int64_t begin_ = 0;               // of the batch whose outputs were computed last
  double kept_ = 1;                      // P_t
  double kept_at_sub_block_ = 1;         // P_t when the sub-block was brought up to date
  double kept_in_sub_block_ = 1;         // P_t by that
  std::vector<double> rates_;            // P_t c_j of the samples whose step is taken
  std::vector<float> closing_factors_;   // −P_K c_j; 0 for samples without a step
  bool knows_products_ = false;          // products_ are the block's
  bool has_transposed_weights_ = false;  // output weights lie as (outputs, nodes)
};

}  // namespace biasbench::schedule
