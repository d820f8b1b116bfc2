#include "data/column_scaling.h"

#include <cmath>

namespace biasbench::data {

// Welford's: one pass, and no difference of large sums.
void ColumnScaling::Add(std::span<const float> row) {
  ++rows_;
  for (std::size_t i = 0; i < row.size(); ++i) {
    const double distance = static_cast<double>(row[i]) - means_[i];
    means_[i] += distance / static_cast<double>(rows_);
    squares_[i] += distance * (static_cast<double>(row[i]) - means_[i]);
  }
}

float ColumnScaling::Standardize(std::int64_t column, float value) const {
  const auto i = static_cast<std::size_t>(column);
  const double deviation = std::sqrt(squares_[i] / static_cast<double>(rows_));
  const double centred = static_cast<double>(value) - means_[i];
  return static_cast<float>(deviation > 0 ? centred / deviation : centred);
}

}  // namespace biasbench::data
