// The one product that all five of a tile are made of (see tile.h):
//
//   result(row, column) = init(row) + Σ_k left(row, k) · panel(k, column)
//
// kept in registers from the first k to the last and handed, a vector of columns at a time, to an
// epilogue that may apply an activation or an optimizer step before anything is stored.
//
// A block is kRows × kVectors accumulators. Each k costs kVectors vector loads of the panel and
// kRows broadcasts of the left operand for kRows·kVectors fused multiply-adds; accumulators, panel
// vectors and one broadcast must fit the vector registers: 12×2 of 32 (AVX-512), 6×2 of 16 (AVX2).
#pragma once

#include <cstdint>

#include "kernel/lanes.h"

namespace biasbench::kernel {

// Accumulators stay in registers only if every loop over a block's rows and vectors is unrolled.
#define BIASBENCH_UNROLL _Pragma("GCC unroll 16")

// (rows, depth), any strides.
struct LeftOperand {
  const float* data;
  std::int64_t row_stride;
  std::int64_t depth_stride;
};

// (depth, columns), columns contiguous.
struct Panel {
  const float* data;
  std::int64_t depth_stride;
};

inline constexpr int kBlockRows = kVectorLanes >= 16 ? 12 : 6;

// Starts every sum from zero.
struct FromZero {
  static Vector Initial(std::int64_t /*row*/) { return hn::Zero(kFloat); }
};

// One block: rows row … row + kRows − 1, columns column … + kVectors vectors, of which the last is
// narrowed to `last`. epilogue(row, column, sum, lanes).
template <int kRows, int kVectors, class LastLanes, class Init, class Epilogue>
HWY_INLINE void ProductBlock(std::int64_t row, std::int64_t column, std::int64_t depth,
                             LeftOperand left, Panel panel, LastLanes last, const Init& init,
                             const Epilogue& epilogue) {
  Vector sum[kRows][kVectors];
  BIASBENCH_UNROLL
  for (int r = 0; r < kRows; ++r) {
    const Vector start = init.Initial(row + r);
    BIASBENCH_UNROLL
    for (int v = 0; v < kVectors; ++v) sum[r][v] = start;
  }
  const float* left_k = left.data + row * left.row_stride;
  const float* panel_k = panel.data + column;
  for (std::int64_t k = 0; k < depth; ++k) {
    Vector right[kVectors];
    BIASBENCH_UNROLL
    for (int v = 0; v + 1 < kVectors; ++v) right[v] = AllLanes{}.Load(panel_k + v * kVectorLanes);
    right[kVectors - 1] = last.Load(panel_k + (kVectors - 1) * kVectorLanes);
    BIASBENCH_UNROLL
    for (int r = 0; r < kRows; ++r) {
      const Vector factor = hn::Set(kFloat, left_k[r * left.row_stride]);
      BIASBENCH_UNROLL
      for (int v = 0; v < kVectors; ++v) sum[r][v] = hn::MulAdd(factor, right[v], sum[r][v]);
    }
    left_k += left.depth_stride;
    panel_k += panel.depth_stride;
  }
  BIASBENCH_UNROLL
  for (int r = 0; r < kRows; ++r) {
    BIASBENCH_UNROLL
    for (int v = 0; v + 1 < kVectors; ++v) {
      epilogue(row + r, column + v * kVectorLanes, sum[r][v], AllLanes{});
    }
    epilogue(row + r, column + (kVectors - 1) * kVectorLanes, sum[r][kVectors - 1], last);
  }
}

// All rows of kVectors vectors of columns.
template <int kVectors, class LastLanes, class Init, class Epilogue>
void ProductColumns(std::int64_t rows, std::int64_t column, std::int64_t depth, LeftOperand left,
                    Panel panel, LastLanes last, const Init& init, const Epilogue& epilogue) {
  const auto block = [&]<int kRows>(std::int64_t row) {
    ProductBlock<kRows, kVectors>(row, column, depth, left, panel, last, init, epilogue);
  };
  std::int64_t row = 0;
  for (; row + kBlockRows <= rows; row += kBlockRows) block.template operator()<kBlockRows>(row);
  for (; row + 4 <= rows; row += 4) block.template operator()<4>(row);
  for (; row + 2 <= rows; row += 2) block.template operator()<2>(row);
  if (row < rows) block.template operator()<1>(row);
}

// The whole product. init.Initial(row) is the vector a row's sums start from; epilogue(row, column,
// sum, lanes) is called exactly once for every vector of the result.
//
// Columns go outermost, so that a stripe of the panel (depth × two vectors: 8 KiB of a batch of 64)
// stays in the first-level cache while all rows of the tile pass.
template <class Init, class Epilogue>
void Product(std::int64_t rows, std::int64_t columns, std::int64_t depth, LeftOperand left,
             Panel panel, const Init& init, const Epilogue& epilogue) {
  constexpr std::int64_t kPair = 2 * kVectorLanes;
  std::int64_t column = 0;
  for (; column + kPair <= columns; column += kPair) {
    ProductColumns<2>(rows, column, depth, left, panel, AllLanes{}, init, epilogue);
  }
  const std::int64_t rest = columns - column;
  if (rest > kVectorLanes) {
    ProductColumns<2>(rows, column, depth, left, panel, FirstLanes(rest - kVectorLanes), init,
                      epilogue);
  } else if (rest == kVectorLanes) {
    ProductColumns<1>(rows, column, depth, left, panel, AllLanes{}, init, epilogue);
  } else if (rest > 0) {
    ProductColumns<1>(rows, column, depth, left, panel, FirstLanes(rest), init, epilogue);
  }
}

}  // namespace biasbench::kernel
