#include "memory/ledger.h"

#include <algorithm>
#include <numeric>

namespace biasbench::memory {
namespace {

bool IsBias(Category category) {
  switch (category) {
    case Category::kHiddenBias:
    case Category::kOutputBias:
    case Category::kBiasGradient:
    case Category::kBiasReduction:
    case Category::kBiasOptimizerState:
      return true;
    default:
      return false;
  }
}

}  // namespace

std::int64_t CategoryBytes::TotalWithoutDataset() const {
  return std::accumulate(bytes_.begin(), bytes_.end(), std::int64_t{0}) -
         (*this)[Category::kDataset];
}

std::int64_t CategoryBytes::BiasBytes() const {
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < kCategoryCount; ++i) {
    if (IsBias(static_cast<Category>(i))) sum += bytes_[i];
  }
  return sum;
}

void CategoryBytes::Add(Category category, std::int64_t bytes, std::int64_t rounding) {
  (*this)[category] += bytes;
  // The dataset is left out of the sum that strategies are compared by, and so is its rounding.
  (*this)[category == Category::kDataset ? Category::kDataset : Category::kPadding] += rounding;
  if (IsBias(category)) bias_padding_ += rounding;
}

void Ledger::EnterPhase(Phase phase) {
  std::optional<CategoryBytes>& held = held_after_[static_cast<std::size_t>(phase_)];
  if (!held) held = current_;
  phase_ = phase;
  at_phase_begin_ = current_;
  RecordPeaks();
}

void Ledger::Add(Category category, std::int64_t bytes, std::int64_t rounding) {
  current_.Add(category, bytes, rounding);
  if (bytes > 0 && category != Category::kDataset) {
    ++made_.buffers;
    made_.bytes += bytes + rounding;
  }
  RecordPeaks();
}

const CategoryBytes* Ledger::held_after(Phase phase) const {
  const std::optional<CategoryBytes>& held = held_after_[static_cast<std::size_t>(phase)];
  if (held) return &*held;
  return phase == phase_ ? &current_ : nullptr;
}

Category Ledger::peak_category() const {
  const auto growth = [this](std::size_t i) {
    const auto category = static_cast<Category>(i);
    return at_peak_[category] - before_peak_[category];
  };
  std::size_t most = 0;
  for (std::size_t i = 1; i < kCategoryCount; ++i) {
    if (static_cast<Category>(i) != Category::kDataset && growth(i) > growth(most)) most = i;
  }
  return static_cast<Category>(most);
}

void Ledger::RecordPeaks() {
  CategoryBytes& peak = peak_in_[static_cast<std::size_t>(phase_)];
  for (std::size_t i = 0; i < kCategoryCount; ++i) {
    const auto category = static_cast<Category>(i);
    peak[category] = std::max(peak[category], current_[category]);
  }
  if (current_.TotalWithoutDataset() > at_peak_.TotalWithoutDataset()) {
    at_peak_ = current_;
    before_peak_ = at_phase_begin_;
    peak_phase_ = phase_;
  }
}

}  // namespace biasbench::memory
