// Standardizing a table's columns by their means and deviations.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace biasbench::data {

class ColumnScaling {
 public:
  explicit ColumnScaling(std::int64_t columns)
      : means_(static_cast<std::size_t>(columns)),
        squares_(static_cast<std::size_t>(columns)),
        deviations_(static_cast<std::size_t>(columns)) {}

  // Adds one row (columns).
  void Add(std::span<const float> row);
  // Completes the statistics; call it after the last row.
  void Finish();

  // (value − mean) / deviation, the deviation over all rows added; value − mean where it is 0. Not
  // finite where single precision does not reach.
  float Standardize(std::int64_t column, float value) const;

 private:
  std::int64_t rows_ = 0;
  std::vector<double> means_;
  std::vector<double> squares_;  // sums of squared distances from the mean
  std::vector<double> deviations_;
};

}  // namespace biasbench::data
