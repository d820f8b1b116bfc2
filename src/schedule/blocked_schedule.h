// The schedule `blocked`: exact SGD on small batches that moves the hidden weights once a block of
// K steps instead of once a step. With W the weights at the block's start, P_t = Π (1 − η λ) over
// its first t steps, and j over the samples of steps before t, a sample x of step t has
//
//   z = P_t (W x) + b_t + Σ_j P_t c_j (x_j·x) ∂z_j        c_j = −η / P_(s+1), s the step of sample
//   j
//
// so that W is multiplied with all inputs of the block in one product, and every step works on the
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
// Memory of size H: the parameters and one column a sample of the block. Output weights lie the
// other way round, tile by tile in place, while a block is open: from the first step of a block to
// the update without a next batch, parameters must not be read.
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
  // The formula of the bytes that it makes.
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
  // A thread's own memory, as offsets in floats from where its share of workspace_ begins.
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

  // A chunk, and the memory of the thread that has it.
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
  // From a sample on: (samples, tile.size).
  float* Columns(NodeRange tile, std::int64_t sample) const {
    return columns_.data() + tile.begin * samples_ + sample * tile.size;
  }
  std::int64_t SubBlockBegin(std::int64_t sample) const { return sample / sub_block_ * sub_block_; }

  // Begins a block: no step is taken.
  void Open();
  // x_j·x of all the block's samples.
  void MultiplyInputs();
  // A step's part in P_t and in P_t c_j.
  void Count(Batch batch, const StepSettings& settings);
  // P_t c_j (x_j·x): for the batch from the samples of its sub-block; where it begins a sub-block,
  // for all of that from all samples before.
  void PrepareCoefficients(Batch next);
  // The tile's columns = W x for all the block's samples. rows: where W lies.
  void MultiplyTile(NodeRange tile, const kernel::BatchView& block, kernel::Residence residence,
                    float* workspace) const;
  // The tile's output weights where they lie: (nodes, outputs) becomes (outputs, nodes), or back.
  void TransposeOutputWeights(NodeRange tile, bool to_columns, float* workspace) const;
  // use(values): the tile's output weights (outputs, nodes), which lie so or do not.
  template <class Use>
  void WithOutputColumns(NodeRange tile, bool are_turned, float* workspace, const Use& use) const;

  // A chunk's share of the outputs of `count` samples: begun, added to by each tile, finished.
  void BeginShare(std::int64_t count, float* workspace) const;
  void AddOutputs(NodeRange tile, std::int64_t count, const float* z, bool are_turned,
                  float* workspace) const;
  void FinishShare(Part part, std::int64_t count);
  // The batch's columns become z, and are added to the share.
  void ForwardTile(NodeRange tile, Batch batch, float* workspace) const;
  // In a pass of its own, where biases are only known after the last tile.
  void ForwardAgain(Batch batch);

  void RunStep(const Step& step, float* outputs);
  // The batch's columns become ∂z, and the tile's output weights take their step.
  void StepTile(NodeRange tile, const Step& step, float* workspace) const;
  void StepBias(NodeRange tile, const StepSettings& settings, Part part);
  // Factors of ∂z_j x_jᵀ in the update that ends the block.
  void PrepareClosing();
  // The tile's hidden weights after the block, and at once their products with the next one.
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
