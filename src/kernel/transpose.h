// Transposition of a small matrix that is in a cache.
#pragma once

#include <cstdint>

#include "kernel/lanes.h"

namespace biasbench::kernel {

// to (columns, rows) = transposed from (rows, columns), each row times its factor (null: unscaled).
// Four rows and columns at a time: 16 loads, shuffles and stores for 16 numbers.
inline void Transpose(std::int64_t rows, std::int64_t columns, const float* from, float* to,
                      const float* factors = nullptr) {
  constexpr hn::FixedTag<float, 4> kFour{};
  const auto load = [&](std::int64_t row, std::int64_t column) {
    const auto values = hn::LoadU(kFour, from + row * columns + column);
    return factors == nullptr ? values : hn::Mul(values, hn::Set(kFour, factors[row]));
  };
  const auto copy = [&](std::int64_t row, std::int64_t column) {
    const float value = from[row * columns + column];
    to[column * rows + row] = factors == nullptr ? value : value * factors[row];
  };
  std::int64_t row = 0;
  for (; row + 4 <= rows; row += 4) {
    std::int64_t column = 0;
    for (; column + 4 <= columns; column += 4) {
      const auto row0 = load(row, column);
      const auto row1 = load(row + 1, column);
      const auto row2 = load(row + 2, column);
      const auto row3 = load(row + 3, column);
      const auto even_lower = hn::InterleaveLower(kFour, row0, row2);
      const auto odd_lower = hn::InterleaveLower(kFour, row1, row3);
      const auto even_upper = hn::InterleaveUpper(kFour, row0, row2);
      const auto odd_upper = hn::InterleaveUpper(kFour, row1, row3);
      float* block = to + column * rows + row;
      hn::StoreU(hn::InterleaveLower(kFour, even_lower, odd_lower), kFour, block);
      hn::StoreU(hn::InterleaveUpper(kFour, even_lower, odd_lower), kFour, block + rows);
      hn::StoreU(hn::InterleaveLower(kFour, even_upper, odd_upper), kFour, block + 2 * rows);
      hn::StoreU(hn::InterleaveUpper(kFour, even_upper, odd_upper), kFour, block + 3 * rows);
    }
    for (; column < columns; ++column) {
      for (std::int64_t r = row; r < row + 4; ++r) copy(r, column);
    }
  }
  for (; row < rows; ++row) {
    for (std::int64_t column = 0; column < columns; ++column) copy(row, column);
  }
}

inline void Transpose(std::int64_t rows, std::int64_t columns, const std::uint16_t* from,
                      std::uint16_t* to) {
  for (std::int64_t column = 0; column < columns; ++column) {
    for (std::int64_t row = 0; row < rows; ++row) *to++ = from[row * columns + column];
  }
}

}  // namespace biasbench::kernel
