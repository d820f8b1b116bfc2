// The matrix product of peers on BLAS libraries, with one definition for each library.
#pragma once

#include <cstdint>

namespace biasbench::bench::peers {

struct ProductShape {
  std::int64_t rows;
  std::int64_t columns;
  std::int64_t inner;
};

// Dense and row-major; a transposed operand of (m, n) is stored (n, m).
struct Operand {
  const float* data;
  bool is_transposed = false;
};
inline Operand Transposed(const float* data) { return {.data = data, .is_transposed = true}; }

// result = scale · a · b + keep · result: a (rows, inner), b (inner, columns), result (rows,
// columns). All extents fit 31 bits.
void Multiply(const ProductShape& shape, float scale, Operand a, Operand b, float keep,
              float* result);

}  // namespace biasbench::bench::peers
