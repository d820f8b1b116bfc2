// The one product that all five of a tile are made of (see tile.h):
//
//   result(row, column) = init(row) + Σ_k left(row, k) · panel(k, column)
//
// kept in registers from the first k to the last and handed, a vector of columns at a time, to an
// epilogue that may apply an activation or an optimizer step before anything is stored.
//
// A block is kRows × kVectors accumulators. Each k costs kVectors vector loads of the panel and
// kRows broadcasts of the left operand for kRows·kVectors fused multiply-adds; accumulators, panel
// vectors and one broadcast must fit the vector registers: 6×4 of 32 (AVX-512), 6×2 of 16 (AVX2).
// Few loads matter where a core is shared: while another hyperthread was busy, 12×2 blocks kept
// 0.75 of the speed of multiply-adds in registers, 8×3 0.81 and 6×4 0.84; alone, all of them 0.97.
#pragma once

#include <algorithm>
#include <cstdint>
#include <type_traits>

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

// Vectors of columns in a block where there are enough columns, and rows of blocks of fewer: one
// vector leaves the room (and, its multiply-adds taking four cycles each, the need) for 16.
inline constexpr int kWideVectors = kVectorLanes >= 16 ? 4 : 2;
template <int kVectors>
inline constexpr int kBlockRows = kVectorLanes < 16 || kVectors == kWideVectors ? 6
                                  : kVectors == 1                               ? 16
                                                                                : 12;

// Columns that pass all rows of a product before the next ones do.
inline constexpr std::int64_t kStripeFloats = kWideVectors * kVectorLanes;

// How many k a block's loop takes at once where the left operand's lie side by side: what runs the
// loop shares ports with the multiply-adds. (784 inputs, an AVX-512 core: the weight gradient takes
// 0.95 of the time at batch 64, 0.88 at 16.)
inline constexpr int kDepthUnroll = 4;

// Where the left operand lies. Rows that come from memory are asked for one block ahead:
// neighbouring rows are too far apart for the processor to foresee them. (A forward product from
// memory, 784 inputs, on an AVX-512 core: batch 64 in 0.91 of the time, batch 16 in 0.71; from the
// cache asking costs 6 %.)
enum class Rows { kInCache, kInMemory };

// Starts every sum from zero.
struct FromZero {
  static Vector Initial(std::int64_t /*row*/) { return hn::Zero(kFloat); }
};

// The compiler can't tell what this does to the value.
template <class T>
HWY_INLINE void Hide(T& value) {
  asm("" : "+r"(value));
}

// Where a block's rows stand. Left to itself GCC 12 keeps an address for each row and unrolled k,
// most of them outside the registers; one for every four rows and their distances will do. (A
// forward product at batch 16 takes 0.78 of the time, and with 16 rows instead of 12 0.70.)
template <int kRows>
class RowPointers {
 public:
  RowPointers(LeftOperand left, std::int64_t row)
      : stride_(left.row_stride), stride3_(3 * left.row_stride) {
    BIASBENCH_UNROLL
    for (int i = 0; i < kPointers; ++i, row += 4) pointers_[i] = left.data + row * left.row_stride;
    Hide(stride_);
    Hide(stride3_);
  }
  HWY_INLINE const float* Of(int row) const {
    const float* pointer = pointers_[row / 4];
    return row % 4 == 3 ? pointer + stride3_ : pointer + (row % 4) * stride_;
  }
  HWY_INLINE void Advance(std::int64_t floats) {
    BIASBENCH_UNROLL
    for (int i = 0; i < kPointers; ++i) {
      pointers_[i] += floats;
      Hide(pointers_[i]);
    }
  }

 private:
  static constexpr int kPointers = (kRows + 3) / 4;
  std::int64_t stride_;
  std::int64_t stride3_;
  const float* pointers_[kPointers];
};

// Asks for nothing ahead of an epilogue.
struct AskForNothing {
  void operator()(std::int64_t /*i*/) const {}
};

// One block: rows row … row + kRows − 1 of `columns`, from `column` on kVectors vectors, of which
// the last is narrowed to `last`.
template <int kRows, int kVectors, Rows kLeft, class LastLanes, class Init, class Epilogue,
          class Ask>
HWY_INLINE void ProductBlock(std::int64_t row, std::int64_t column, std::int64_t columns,
                             std::int64_t depth, const LeftOperand& left, const Panel& panel,
                             const LastLanes& last, const Init& init, const Epilogue& epilogue,
                             const Ask& ask) {
  Vector sum[kRows][kVectors];
  BIASBENCH_UNROLL
  for (int r = 0; r < kRows; ++r) {
    const Vector start = init.Initial(row + r);
    BIASBENCH_UNROLL
    for (int v = 0; v < kVectors; ++v) sum[r][v] = start;
  }
  RowPointers<kRows> left_k(left, row);
  const float* panel_k = panel.data + column;
  // Not inlined at once, `sum` would have an address and live in memory.
  const auto accumulate = [&](int offset) __attribute__((always_inline)) {
    Vector right[kVectors];
    BIASBENCH_UNROLL
    for (int v = 0; v + 1 < kVectors; ++v) right[v] = AllLanes{}.Load(panel_k + v * kVectorLanes);
    right[kVectors - 1] = last.Load(panel_k + (kVectors - 1) * kVectorLanes);
    BIASBENCH_UNROLL
    for (int r = 0; r < kRows; ++r) {
      const Vector factor = hn::Set(kFloat, left_k.Of(r)[offset]);
      BIASBENCH_UNROLL
      for (int v = 0; v < kVectors; ++v) sum[r][v] = hn::MulAdd(factor, right[v], sum[r][v]);
    }
    panel_k += panel.depth_stride;
  };
  // An index for each row: left to itself GCC 12 computes an address for each vector. (The weight
  // gradient takes 0.97 of the time at batch 64, 0.87 at 16.)
  const std::int64_t first = row * columns + column;
  int asked = 0;
  const auto ask_for_a_column = [&]() __attribute__((always_inline)) {
    if (asked == kVectors) return;
    std::int64_t i = first + asked * kVectorLanes;
    BIASBENCH_UNROLL
    for (int r = 0; r < kRows; ++r, i += columns) {
      Hide(i);
      ask(i);
    }
    ++asked;
  };
  for (std::int64_t begin = 0, end = 0; begin < depth; begin = end) {
    end = depth;
    if constexpr (kLeft == Rows::kInMemory) {
      end = std::min(begin + kLineFloats, depth);
      BIASBENCH_UNROLL
      for (int r = 0; r < kRows; ++r) Prefetch(left_k.Of(r) + kRows * left.row_stride);
    }
    std::int64_t k = begin;
    if (left.depth_stride == 1) {
      for (; k + kDepthUnroll <= end; k += kDepthUnroll) {
        BIASBENCH_UNROLL
        for (int i = 0; i < kDepthUnroll; ++i) accumulate(i);
        left_k.Advance(kDepthUnroll);
        if constexpr (!std::is_same_v<Ask, AskForNothing>) ask_for_a_column();
      }
    }
    for (; k < end; ++k) {
      accumulate(0);
      left_k.Advance(left.depth_stride);
    }
  }
  if constexpr (!std::is_same_v<Ask, AskForNothing>) {
    while (asked < kVectors) ask_for_a_column();  // NOLINT(bugprone-infinite-loop): it counts
  }
  std::int64_t i = first;
  BIASBENCH_UNROLL
  for (int r = 0; r < kRows; ++r, i += columns) {
    Hide(i);
    BIASBENCH_UNROLL
    for (int v = 0; v + 1 < kVectors; ++v) epilogue(i + v * kVectorLanes, sum[r][v], AllLanes{});
    epilogue(i + (kVectors - 1) * kVectorLanes, sum[r][kVectors - 1], last);
  }
}

// All rows of kVectors vectors of columns. Never inlined: in a larger function GCC 12 keeps the
// accumulators in memory, and the weight gradient takes 2.5 times as long.
template <int kVectors, Rows kLeft, class LastLanes, class Init, class Epilogue, class Ask>
HWY_NOINLINE void ProductColumns(std::int64_t rows, std::int64_t column, std::int64_t columns,
                                 std::int64_t depth, LeftOperand left, Panel panel, LastLanes last,
                                 Init init, Epilogue epilogue, Ask ask) {
  const auto block = [&]<int kRows>(std::int64_t row) __attribute__((always_inline)) {
    ProductBlock<kRows, kVectors, kLeft>(row, column, columns, depth, left, panel, last, init,
                                         epilogue, ask);
  };
  std::int64_t row = 0;
  constexpr int kRows = kBlockRows<kVectors>;
  for (; row + kRows <= rows; row += kRows) block.template operator()<kRows>(row);
  for (; row + 4 <= rows; row += 4) block.template operator()<4>(row);
  for (; row + 2 <= rows; row += 2) block.template operator()<2>(row);
  if (row < rows) block.template operator()<1>(row);
}

// The whole product. init.Initial(row) is the vector a row's sums start from; epilogue(i, sum,
// lanes) is called exactly once for every vector of the result, i = row · columns + column being
// that of its first.
//
// ask(i) is called for every vector, too, while its block's sums are under way and a few
// at a time, to ask for what epilogues further on will want from memory: all at once they fill the
// buffers in which a core waits for lines, and loads wait behind them. (784 inputs, weights from
// memory, batch 16: the weight gradient takes 0.90 of the time of asking in the epilogue.)
//
// init, epilogue and ask are taken by value, and should hold what they need by value: a vector's
// store might change anything held by reference, which would be read again after each of them. (The
// weight gradient takes 0.93 of the time at batch 64, 0.9 at 16.)
//
// Columns go outermost, so that a stripe of the panel (depth × kStripeFloats: 16 KiB for the weight
// gradient of a batch of 64) stays in the first-level cache while all rows of the tile pass. After
// the first stripe the rows are in a cache, too.
template <Rows kLeft = Rows::kInCache, class Init, class Epilogue, class Ask = AskForNothing>
void Product(std::int64_t rows, std::int64_t columns, std::int64_t depth, LeftOperand left,
             Panel panel, Init init, Epilogue epilogue, Ask ask = {}) {
  const auto stripe = [=]<int kVectors>(std::int64_t column, auto last) {
    if (kLeft == Rows::kInMemory && column == 0) {
      ProductColumns<kVectors, kLeft>(rows, column, columns, depth, left, panel, last, init,
                                      epilogue, ask);
    } else {
      ProductColumns<kVectors, Rows::kInCache>(rows, column, columns, depth, left, panel, last,
                                               init, epilogue, ask);
    }
  };
  std::int64_t column = 0;
  for (; column + kStripeFloats <= columns; column += kStripeFloats) {
    stripe.template operator()<kWideVectors>(column, AllLanes{});
  }
  for (; column + 2 * kVectorLanes <= columns; column += 2 * kVectorLanes) {
    stripe.template operator()<2>(column, AllLanes{});
  }
  const std::int64_t rest = columns - column;
  if (rest > kVectorLanes) {
    stripe.template operator()<2>(column, FirstLanes(rest - kVectorLanes));
  } else if (rest == kVectorLanes) {
    stripe.template operator()<1>(column, AllLanes{});
  } else if (rest > 0) {
    stripe.template operator()<1>(column, FirstLanes(rest));
  }
}

}  // namespace biasbench::kernel
