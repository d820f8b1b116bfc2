// The ledger: how many bytes of each category are held now, and at most, in each phase of training.
// Every large buffer of the project is entered here (see tracked_buffer.h).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace biasbench::memory {

// What a buffer is for. `kPadding` is what rounding up to whole pages adds to all the others.
enum class Category : std::uint8_t {
  kHiddenWeights,
  kOutputWeights,
  kHiddenBias,
  kOutputBias,
  kWeightGradient,
  kBiasGradient,
  kWeightOptimizerState,
  kBiasOptimizerState,
  kActivations,
  kDeltas,
  kWorkspace,
  kDataset,
  kPadding,
};

// A category's name in results: kCategoryNames[static_cast<size_t>(category)].
inline constexpr auto kCategoryNames = std::to_array<std::string_view>(
    {"hidden_weights", "output_weights", "hidden_bias", "output_bias", "weight_gradient",
     "bias_gradient", "weight_optimizer_state", "bias_optimizer_state", "activations", "deltas",
     "workspace", "dataset", "padding"});
inline constexpr std::size_t kCategoryCount = kCategoryNames.size();

enum class Phase : std::uint8_t { kBuild, kForward, kBackward, kUpdate };
inline constexpr auto kPhaseNames =
    std::to_array<std::string_view>({"build", "forward", "backward", "update"});
inline constexpr std::size_t kPhaseCount = kPhaseNames.size();

// Bytes by category.
class CategoryBytes {
 public:
  std::int64_t& operator[](Category category) { return bytes_[static_cast<std::size_t>(category)]; }
  std::int64_t operator[](Category category) const {
    return bytes_[static_cast<std::size_t>(category)];
  }
  // The sum that strategies are compared by: all categories but the dataset.
  std::int64_t TotalWithoutDataset() const;
  // Value, gradient and optimizer state of both layers' biases.
  std::int64_t BiasBytes() const;
  bool operator==(const CategoryBytes&) const = default;

 private:
  std::array<std::int64_t, kCategoryCount> bytes_{};
};

// Not thread-safe: buffers are made and released between parallel regions.
class Ledger {
 public:
  void EnterPhase(Phase phase);
  void Add(Category category, std::int64_t bytes);

  const CategoryBytes& current() const { return current_; }
  // The largest each category has been during the phase.
  const CategoryBytes& peak_in(Phase phase) const {
    return peak_in_[static_cast<std::size_t>(phase)];
  }
  // The moment at which the total without the dataset was largest.
  const CategoryBytes& at_peak() const { return at_peak_; }
  std::int64_t peak_bytes() const { return at_peak_.TotalWithoutDataset(); }
  Phase peak_phase() const { return peak_phase_; }

 private:
  void RecordPeaks();

  Phase phase_ = Phase::kBuild;
  CategoryBytes current_;
  std::array<CategoryBytes, kPhaseCount> peak_in_{};
  CategoryBytes at_peak_;
  Phase peak_phase_ = Phase::kBuild;
};

}  // namespace biasbench::memory
