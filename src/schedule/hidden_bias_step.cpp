#include "schedule/hidden_bias_step.h"

#include <cstddef>

namespace biasbench::schedule {

using memory::Category;

void HiddenBiasStep::AddBytes(const Configuration& configuration, MemorySum& sum) {
  if (!configuration.sums_bias_gradient()) return;
  ChunkSums::AddBytes(Category::kBiasReduction, configuration.tiling(), configuration.threads, 1,
                      sum);
}

void HiddenBiasStep::Allocate(memory::Ledger& ledger) {
  if (!configuration_.sums_bias_gradient()) return;
  spanning_gradient_ = {
      ledger, Category::kBiasReduction, configuration_.tiling(), configuration_.threads,
      1,      biases_.exchange()};
}

void HiddenBiasStep::BeginShare(Part part, const StepSettings& settings) {
  if (UpdatesAfterPass(settings)) *spanning_gradient_.Share(part.chunk, part.thread, 1) = 0;
}

void HiddenBiasStep::CloseShare(Part part, const StepSettings& settings) {
  if (UpdatesAfterPass(settings)) spanning_gradient_.Close(part.chunk, part.thread, 1);
}

void HiddenBiasStep::StepTile(NodeRange tile, Part part, const float* node_gradient,
                              float* entry_gradient, const TrainingState& state,
                              const StepSettings& settings) {
  if (!Updates(settings)) return;
  biases_.Reduce({node_gradient, static_cast<std::size_t>(tile.size)}, entry_gradient);
  if (biases_.spans_tiles()) {
    *spanning_gradient_.Share(part.chunk, part.thread, 1) += *entry_gradient;
  } else {
    biases_.Step(tile, entry_gradient, state, settings);
  }
}

void HiddenBiasStep::Finish(const TrainingState& state, const StepSettings& settings) const {
  if (!UpdatesAfterPass(settings)) return;
  const float gradient_of_all = spanning_gradient_.OnlyTotal();
  biases_.Step({0, configuration_.own_hidden()}, &gradient_of_all, state, settings);
}

}  // namespace biasbench::schedule
