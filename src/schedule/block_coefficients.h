// The numbers of an open block that are the same for all hidden nodes (recursion and notation:
// blocked_schedule.h): P_t, the products x_j·x of its inputs, and the factors of the earlier
// samples' ∂z in a sample's z and in the weights at the block's end.
#pragma once

#include <cstdint>
#include <vector>

#include "kernel/tile.h"
#include "memory/ledger.h"
#include "memory/tracked_buffer.h"
#include "schedule/configuration.h"
#include "schedule/memory_sum.h"
#include "schedule/step.h"

namespace biasbench::schedule {

// A run of a block's samples.
struct SampleRange {
  std::int64_t begin = 0;
  std::int64_t size = 0;
};

class BlockCoefficients {
 public:
  // Does not allocate.
  explicit BlockCoefficients(const Configuration& configuration);
  // The formula of its buffers' bytes.
  static void AddBytes(const Configuration& configuration, MemorySum& sum);
  // The samples of a sub-block, in whole batches.
  static std::int64_t SubBlockSamples(std::int64_t batch);

  // Makes the buffers. Throws memory::OutOfMemory.
  void Allocate(memory::Ledger& ledger);
  // Makes room for the factors of a block's steps.
  void ReserveSteps();

  // Begins a block, before its first step.
  void Open();
  // Multiplies a step's factor into P_t and P_t c_j.
  void CountStep(SampleRange batch, const StepSettings& settings);
  // Computes P_t c_j (x_j·x): for the batch from earlier samples of its sub-block; if it begins a
  // sub-block, for all of the sub-block from all samples before it. `inputs` are the block's.
  void Prepare(SampleRange batch, const kernel::BatchView& inputs);
  // Computes the factors of ∂z_j x_jᵀ in the update that ends a block of so many samples.
  void PrepareClosing(std::int64_t samples);

  std::int64_t sub_block() const { return sub_block_; }
  std::int64_t SubBlockBegin(std::int64_t sample) const { return sample / sub_block_ * sub_block_; }
  // P_t.
  double kept() const { return kept_; }
  // P_t when the sub-block was brought up to date, and P_t by that.
  float kept_at_sub_block() const { return static_cast<float>(kept_at_sub_block_); }
  float kept_in_sub_block() const { return static_cast<float>(kept_in_sub_block_); }
  // The coefficients (samples) of the samples before this one, as far as they are prepared; those
  // of the next sample follow.
  const float* Row(std::int64_t sample) const { return coefficients_.data() + sample * samples_; }
  // −P_K c_j; 0 for samples without a step.
  const float* closing_factors() const { return closing_factors_.data(); }

 private:
  // Computes x_j·x for all samples of the block.
  void MultiplyInputs(const kernel::BatchView& inputs);

  const Configuration& configuration_;
  std::int64_t samples_;                       // of a whole block
  std::int64_t sub_block_;                     // samples
  memory::TrackedBuffer<float> products_;      // (samples, samples): x_j·x
  memory::TrackedBuffer<float> coefficients_;  // (samples, samples)
  double kept_ = 1;                            // P_t
  double kept_at_sub_block_ = 1;
  double kept_in_sub_block_ = 1;
  std::vector<double> rates_;  // P_t c_j of the samples whose step is taken
  std::vector<float> closing_factors_;
  bool knows_products_ = false;  // products_ are the block's
};

}  // namespace biasbench::schedule
