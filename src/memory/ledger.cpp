#include "memory/ledger.h"

#include <algorithm>
#include <numeric>

namespace biasbench::memory {

std::int64_t CategoryBytes::TotalWithoutDataset() const {
  return std::accumulate(bytes_.begin(), bytes_.end(), std::int64_t{0}) -
         (*this)[Category::kDataset];
}

std::int64_t CategoryBytes::BiasBytes() const {
  return (*this)[Category::kHiddenBias] + (*this)[Category::kOutputBias] +
         (*this)[Category::kBiasGradient] + (*this)[Category::kBiasOptimizerState];
}

void Ledger::EnterPhase(Phase phase) {
  phase_ = phase;
  RecordPeaks();
}

void Ledger::Add(Category category, std::int64_t bytes) {
  current_[category] += bytes;
  RecordPeaks();
}

void Ledger::RecordPeaks() {
  CategoryBytes& peak = peak_in_[static_cast<std::size_t>(phase_)];
  for (std::size_t i = 0; i < kCategoryCount; ++i) {
    const auto category = static_cast<Category>(i);
    peak[category] = std::max(peak[category], current_[category]);
  }
  if (current_.TotalWithoutDataset() > at_peak_.TotalWithoutDataset()) {
    at_peak_ = current_;
    peak_phase_ = phase_;
  }
}

}  // namespace biasbench::memory
