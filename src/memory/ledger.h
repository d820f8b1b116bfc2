// The ledger: how many bytes of each category are held now, and at most, in each phase of training.
// Every large buffer of the project is entered here (see tracked_buffer.h).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace biasbench::memory {

// The purpose of a buffer. `kBiasReduction` holds the partial sums of a bias's gradient where one
// bias spans many nodes. `kPadding` is the rounding of all others to whole pages.
enum class Category : std::uint8_t {
  kHiddenWeights,
  kOutputWeights,
  kHiddenBias,
  kOutputBias,
  kWeightGradient,
  kBiasGradient,
  kBiasReduction,
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
     "bias_gradient", "bias_reduction", "weight_optimizer_state", "bias_optimizer_state",
     "activations", "deltas", "workspace", "dataset", "padding"});
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
  // Value, gradient, reduction scratch and optimizer state of both layers' biases.
  std::int64_t BiasBytes() const;
  // The part of kPadding that rounding up those four causes.
  std::int64_t bias_padding() const { return bias_padding_; }

  // Enters a buffer of `bytes` that occupies `rounding` more (both negative: it is released).
  // Rounding up the dataset counts as dataset.
  void Add(Category category, std::int64_t bytes, std::int64_t rounding);

  bool operator==(const CategoryBytes&) const = default;

 private:
  std::array<std::int64_t, kCategoryCount> bytes_{};
  std::int64_t bias_padding_ = 0;
};

// Buffers made since the ledger began, released ones included; the dataset's are left out.
struct Made {
  std::int64_t buffers = 0;
  std::int64_t bytes = 0;  // with their padding
};

// Not thread-safe: buffers are made and released between parallel regions.
class Ledger {
 public:
  void EnterPhase(Phase phase);
  // See CategoryBytes::Add.
  void Add(Category category, std::int64_t bytes, std::int64_t rounding);

  const CategoryBytes& current() const { return current_; }
  // The largest each category has been during the phase.
  const CategoryBytes& peak_in(Phase phase) const {
    return peak_in_[static_cast<std::size_t>(phase)];
  }
  // The bytes held when the phase first ended, or now if it has not ended; null if it has not
  // begun. Buffers are made once, so this is everything that training had allocated by then.
  const CategoryBytes* held_after(Phase phase) const;
  const Made& made() const { return made_; }
  // The moment at which the total without the dataset was largest.
  const CategoryBytes& at_peak() const { return at_peak_; }
  std::int64_t peak_bytes() const { return at_peak_.TotalWithoutDataset(); }
  Phase peak_phase() const { return peak_phase_; }
  // The category that grew most from the beginning of that phase to the peak.
  Category peak_category() const;

 private:
  void RecordPeaks();

  Phase phase_ = Phase::kBuild;
  CategoryBytes current_;
  Made made_;
  CategoryBytes at_phase_begin_;
  std::array<CategoryBytes, kPhaseCount> peak_in_{};
  std::array<std::optional<CategoryBytes>, kPhaseCount> held_after_{};
  CategoryBytes at_peak_;
  CategoryBytes before_peak_;  // when the phase of the peak began
  Phase peak_phase_ = Phase::kBuild;
};

}  // namespace biasbench::memory
