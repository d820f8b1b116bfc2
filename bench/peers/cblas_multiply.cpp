// Multiply() on the C interface of BLAS, for OpenBLAS and BLIS alike. With one sample a step,
// products are of a matrix and a vector, or add an outer product to a matrix: gemv and ger.
#include <cblas.h>

#include "bench/peers/multiply.h"

namespace biasbench::bench::peers {
namespace {

int Int(std::int64_t extent) { return static_cast<int>(extent); }

CBLAS_TRANSPOSE Order(bool is_transposed) { return is_transposed ? CblasTrans : CblasNoTrans; }

// result (length) = scale · matrix · vector + keep · result; the matrix (length, inner).
void MultiplyVector(std::int64_t length, std::int64_t inner, float scale, Operand matrix,
                    const float* vector, float keep, float* result) {
  const int rows = Int(matrix.is_transposed ? inner : length);
  const int columns = Int(matrix.is_transposed ? length : inner);
  cblas_sgemv(CblasRowMajor, Order(matrix.is_transposed), rows, columns, scale, matrix.data,
              columns, vector, 1, keep, result, 1);
}

}  // namespace

void Multiply(const ProductShape& shape, float scale, Operand a, Operand b, float keep,
              float* result) {
  const auto [rows, columns, inner] = shape;
  if (columns == 1) {
    MultiplyVector(rows, inner, scale, a, b.data, keep, result);
  } else if (rows == 1) {
    const Operand transposed{.data = b.data, .is_transposed = !b.is_transposed};
    MultiplyVector(columns, inner, scale, transposed, a.data, keep, result);
  } else if (inner == 1 && keep == 1) {
    cblas_sger(CblasRowMajor, Int(rows), Int(columns), scale, a.data, 1, b.data, 1, result,
               Int(columns));
  } else {
    cblas_sgemm(CblasRowMajor, Order(a.is_transposed), Order(b.is_transposed), Int(rows),
                Int(columns), Int(inner), scale, a.data, Int(a.is_transposed ? rows : inner),
                b.data, Int(b.is_transposed ? inner : columns), keep, result, Int(columns));
  }
}

}  // namespace biasbench::bench::peers
