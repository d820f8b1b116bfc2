#include "data/column_scaling.h"

#include <cmath>

namespace biasbench::data {

// Welford's algorithm: one pass, and no difference of large sums.
void ColumnScaling::Add(std::span<const float> row) {
  const auto rows = static_cast<double>(++rows_);
  double* const means = means_.data();
  double* const squares = squares_.data();
  for (std::size_t i = 0; i < row.size(); ++i) {
    const double distance = static_cast<double>(row[i]) - means[i];
    means[i] += distance / rows;
    squares[i] += distance * (static_cast<double>(row[i]) - means[i]);
  }
}

void ColumnScaling::Finish() {
  for (std::size_t i = 0; i < squares_.size(); ++i) {
    deviations_[i] = std::sqrt(squares_[i] / static_cast<double>(rows_));
  }
}

float ColumnScaling::Standardize(std::int64_t column, float value) const {
  const auto i = static_cast<std::size_t>(column);
  const double centred = static_cast<double>(value) - means_[i];
  return static_cast<float>(deviations_[i] > 0 ? centred / deviations_[i] : centred);
}

}  // namespace biasbench::data
