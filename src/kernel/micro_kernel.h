// The matrix product that all five products of a tile are made of (see tile.h):
//
//   result(row, column) = init(row) + Σ_k left(row, k) · panel(k, column)
//
// Sums stay in registers from the first k to the last. They are then passed, a vector of columns at
// a time, to an epilogue that may apply an activation or an optimizer step before anything is
// stored.
//
// A block is kRows × kVectors accumulators. Each k costs kVectors vector loads of the panel and
// kRows broadcasts of the left operand for kRows·kVectors fused multiply-adds; accumulators, panel
// vectors and one broadcast must fit the vector registers: 6×4 of 32 (AVX-512), 6×2 of 16 (AVX2).
// Few loads matter where a core is shared: while another hyperthread was busy, 12×2 blocks kept
// 0.75 of the speed of multiply-adds in registers, 8×3 0.81 and 6×4 0.84; alone, all of them 0.97.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "kernel/lanes.h"

namespace biasbench::kernel {

// Accumulators stay in registers only if every loop over a block's rows and vectors is unrolled.
#define BIASBENCH_UNROLL _Pragma("GCC unroll 16")

// An operand's factors along k: the bytes of one, the vector of the k-th behind an address, and the
// multiply-add. Floats:
struct FloatFactors {
  static constexpr std::int64_t kBytes = sizeof(float);
  static HWY_INLINE Vector At(const std::byte* at, std::int64_t k = 0) {
    float value;
    std::memcpy(&value, at + k * kBytes, sizeof(value));
    return hn::Set(kFloat, value);
  }
  static HWY_INLINE Vector MulAdd(Vector factor, Vector right, Vector sum) {
    return hn::MulAdd(factor, right, sum);
  }
};

// bfloat16 factors, widened while loading: two from one word, since a broadcast of 32 bits costs
// nothing beside a multiply-add.
struct WidenedFactors : FloatFactors {
  static constexpr std::int64_t kBytes = sizeof(std::uint16_t);
  static HWY_INLINE Vector At(const std::byte* at) {
    std::uint16_t half;
    std::memcpy(&half, at, sizeof(half));
    return hn::BitCast(kFloat, hn::Set(kBits, static_cast<std::uint32_t>(half) << 16));
  }
  static HWY_INLINE Vector At(const std::byte* at, std::int64_t k) {
    std::uint32_t word;
    std::memcpy(&word, at + k / 2 * 2 * kBytes, sizeof(word));
    const Bits words = hn::Set(kBits, word);
    return hn::BitCast(kFloat, k % 2 == 0 ? hn::ShiftLeft<16>(words)
                                          : hn::And(words, hn::Set(kBits, 0xffff0000U)));
  }
};

// The left operand (rows, depth), with any strides.
template <class Factors>
struct LeftOperand {
  const std::byte* data;
  std::int64_t row_bytes;
  std::int64_t depth_bytes;
};

inline LeftOperand<FloatFactors> Left(const float* data, std::int64_t row_stride,
                                      std::int64_t depth_stride) {
  return {reinterpret_cast<const std::byte*>(data), row_stride * FloatFactors::kBytes,
          depth_stride * FloatFactors::kBytes};
}
inline LeftOperand<WidenedFactors> Left(const std::uint16_t* data, std::int64_t row_stride,
                                        std::int64_t depth_stride) {
  return {reinterpret_cast<const std::byte*>(data), row_stride * WidenedFactors::kBytes,
          depth_stride * WidenedFactors::kBytes};
}

// The right operand (depth, columns), columns contiguous.
struct Panel {
  const float* data;
  std::int64_t depth_stride;
};

// The vectors of columns in a full block, and the rows of narrower blocks: with one vector there is
// room for 16 rows (and need for them, at four cycles a multiply-add).
inline constexpr int kWideVectors = kVectorLanes >= 16 ? 4 : 2;
template <int kVectors>
inline constexpr int kBlockRows = kVectorLanes < 16 || kVectors == kWideVectors ? 6
                                  : kVectors == 1                               ? 16
                                                                                : 12;

// The columns of a stripe: it passes all rows of a product before the next stripe does.
inline constexpr std::int64_t kStripeFloats = kWideVectors * kVectorLanes;

// The unrolling of a block's loop over k where the left operand's k are contiguous: loop overhead
// competes with the multiply-adds for ports. (784 inputs, an AVX-512 core: the weight gradient
// takes 0.95 of the time at batch 64, 0.88 at 16.)
inline constexpr int kDepthUnroll = 4;

// The residence of the left operand. Rows in memory are prefetched one block ahead, since the
// hardware prefetcher misses rows that are far apart. (A forward product from memory, 784 inputs,
// on an AVX-512 core: batch 64 in 0.91 of the time, batch 16 in 0.71; from the cache prefetching
// costs 6 %.)
enum class Residence { kInCache, kInMemory };

// Starts every sum from zero.
struct FromZero {
  static Vector Initial(std::int64_t /*row*/) { return hn::Zero(kFloat); }
};

// Hides a value's origin from the optimizer, which then cannot replace it by an expression.
template <class T>
HWY_INLINE void HideFromOptimizer(T& value) {
  asm("" : "+r"(value));
}

// The addresses of a block's rows. GCC 12 on its own keeps an address for each row and unrolled k,
// most of them spilled; one for every four rows and the row distances are enough. (A forward
// product at batch 16 takes 0.78 of the time, and with 16 rows instead of 12 0.70.)
template <int kRows>
class RowPointers {
 public:
  RowPointers(const std::byte* data, std::int64_t row_bytes)
      : stride_(row_bytes), stride3_(3 * row_bytes) {
    BIASBENCH_UNROLL
    for (int i = 0; i < kPointers; ++i) pointers_[i] = data + std::int64_t{4} * i * row_bytes;
    HideFromOptimizer(stride_);
    HideFromOptimizer(stride3_);
  }
  HWY_INLINE const std::byte* Of(int row) const {
    const std::byte* pointer = pointers_[row / 4];
    return row % 4 == 3 ? pointer + stride3_ : pointer + row % 4 * stride_;
  }
  HWY_INLINE void Advance(std::int64_t bytes) {
    BIASBENCH_UNROLL
    for (int i = 0; i < kPointers; ++i) {
      pointers_[i] += bytes;
      HideFromOptimizer(pointers_[i]);
    }
  }

 private:
  static constexpr int kPointers = (kRows + 3) / 4;
  std::int64_t stride_;
  std::int64_t stride3_;
  const std::byte* pointers_[kPointers];
};

// An epilogue that takes whole blocks of kPairedLanes columns at once. In the panel each such block
// then has its even columns before its odd ones; columns after the last block are in order.
template <class Epilogue>
concept TakesPairs = std::is_invocable_v<const Epilogue&, std::int64_t, EvenAndOdd>;

// A prefetcher that prefetches nothing.
struct NoPrefetch {
  void operator()(std::int64_t /*i*/) const {}
};

// One block: kRows rows from `row` on, and kVectors vectors of columns from `column` on, of which
// the last is narrowed to `last`.
template <int kRows, int kVectors, Residence kLeft, class Factors, class LastLanes, class Init,
          class Epilogue, class Prefetcher>
HWY_INLINE void ProductBlock(std::int64_t row, std::int64_t column, std::int64_t columns,
                             std::int64_t depth, const LeftOperand<Factors>& left,
                             const Panel& panel, const LastLanes& last, const Init& init,
                             const Epilogue& epilogue, const Prefetcher& prefetch) {
  Vector sum[kRows][kVectors];
  BIASBENCH_UNROLL
  for (int r = 0; r < kRows; ++r) {
    const Vector start = init.Initial(row + r);
    BIASBENCH_UNROLL
    for (int v = 0; v < kVectors; ++v) sum[r][v] = start;
  }
  RowPointers<kRows> left_k(left.data + row * left.row_bytes, left.row_bytes);
  const float* panel_k = panel.data + column;
  // If not inlined at once, `sum` would have an address and live in memory.
  const auto accumulate = [&](const auto& factor_of_row) __attribute__((always_inline)) {
    Vector right[kVectors];
    BIASBENCH_UNROLL
    for (int v = 0; v + 1 < kVectors; ++v) right[v] = AllLanes{}.Load(panel_k + v * kVectorLanes);
    right[kVectors - 1] = last.Load(panel_k + (kVectors - 1) * kVectorLanes);
    BIASBENCH_UNROLL
    for (int r = 0; r < kRows; ++r) {
      const Vector factor = factor_of_row(left_k.Of(r));
      BIASBENCH_UNROLL
      for (int v = 0; v < kVectors; ++v) sum[r][v] = Factors::MulAdd(factor, right[v], sum[r][v]);
    }
    panel_k += panel.depth_stride;
  };
  // An index for each row: GCC 12 on its own computes an address for each vector. (The weight
  // gradient takes 0.97 of the time at batch 64, 0.87 at 16.)
  const std::int64_t first = row * columns + column;
  int prefetched = 0;
  const auto prefetch_column = [&]() __attribute__((always_inline)) {
    if (prefetched == kVectors) return;
    std::int64_t i = first + prefetched * kVectorLanes;
    BIASBENCH_UNROLL
    for (int r = 0; r < kRows; ++r, i += columns) {
      HideFromOptimizer(i);
      prefetch(i);
    }
    ++prefetched;
  };
  for (std::int64_t begin = 0, end = 0; begin < depth; begin = end) {
    end = depth;
    if constexpr (kLeft == Residence::kInMemory) {
      end = std::min(begin + kLineBytes / Factors::kBytes, depth);
      BIASBENCH_UNROLL
      for (int r = 0; r < kRows; ++r) Prefetch(left_k.Of(r) + kRows * left.row_bytes);
    }
    std::int64_t k = begin;
    if (left.depth_bytes == Factors::kBytes) {
      for (; k + kDepthUnroll <= end; k += kDepthUnroll) {
        BIASBENCH_UNROLL
        for (int i = 0; i < kDepthUnroll; ++i) {
          accumulate([i](const std::byte* at)
                         __attribute__((always_inline)) { return Factors::At(at, i); });
        }
        left_k.Advance(kDepthUnroll * Factors::kBytes);
        if constexpr (!std::is_same_v<Prefetcher, NoPrefetch>) prefetch_column();
      }
    }
    for (; k < end; ++k) {
      accumulate([](const std::byte* at)
                     __attribute__((always_inline)) { return Factors::At(at); });
      left_k.Advance(left.depth_bytes);
    }
  }
  if constexpr (!std::is_same_v<Prefetcher, NoPrefetch>) {
    while (prefetched < kVectors) prefetch_column();  // NOLINT(bugprone-infinite-loop): it counts
  }
  std::int64_t i = first;
  BIASBENCH_UNROLL
  for (int r = 0; r < kRows; ++r, i += columns) {
    HideFromOptimizer(i);
    if constexpr (kVectors % 2 == 0 && std::is_same_v<LastLanes, AllLanes> &&
                  TakesPairs<Epilogue>) {
      BIASBENCH_UNROLL
      for (int v = 0; v < kVectors; v += 2) {
        epilogue(i + v * kVectorLanes, EvenAndOdd{sum[r][v], sum[r][v + 1]});
      }
      continue;
    }
    BIASBENCH_UNROLL
    for (int v = 0; v + 1 < kVectors; ++v) epilogue(i + v * kVectorLanes, sum[r][v], AllLanes{});
    epilogue(i + (kVectors - 1) * kVectorLanes, sum[r][kVectors - 1], last);
  }
}

// All rows of a stripe of kVectors vectors. Never inlined: in a larger function GCC 12 keeps the
// accumulators in memory, and the weight gradient takes 2.5 times as long.
template <int kVectors, Residence kLeft, class Factors, class LastLanes, class Init, class Epilogue,
          class Prefetcher>
HWY_NOINLINE void ProductColumns(std::int64_t rows, std::int64_t column, std::int64_t columns,
                                 std::int64_t depth, LeftOperand<Factors> left, Panel panel,
                                 LastLanes last, Init init, Epilogue epilogue,
                                 Prefetcher prefetch) {
  const auto block = [&]<int kRows>(std::int64_t row) __attribute__((always_inline)) {
    ProductBlock<kRows, kVectors, kLeft>(row, column, columns, depth, left, panel, last, init,
                                         epilogue, prefetch);
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
// prefetch(i) is also called for every vector, a few at a time while its block's sums accumulate,
// to prefetch memory for later epilogues: all at once they would fill the core's line fill buffers,
// and loads would wait behind them. (784 inputs, weights from memory, batch 16: the weight gradient
// takes 0.90 of the time of prefetching in the epilogue.)
//
// init, epilogue and prefetch are taken by value, and should hold what they need by value: a
// vector's store might change anything held by reference, which would be read again after each of
// them. (The weight gradient takes 0.93 of the time at batch 64, 0.9 at 16.)
//
// Columns go outermost, so that a stripe of the panel (depth × kStripeFloats: 16 KiB for the weight
// gradient of a batch of 64) stays in the first-level cache while all rows of the tile pass. After
// the first stripe the rows are in a cache, too.
template <Residence kLeft = Residence::kInCache, class Factors, class Init, class Epilogue,
          class Prefetcher = NoPrefetch>
void Product(std::int64_t rows, std::int64_t columns, std::int64_t depth, LeftOperand<Factors> left,
             Panel panel, Init init, Epilogue epilogue, Prefetcher prefetch = {}) {
  const auto stripe = [=]<int kVectors>(std::int64_t column, auto last) {
    if (kLeft == Residence::kInMemory && column == 0) {
      ProductColumns<kVectors, kLeft>(rows, column, columns, depth, left, panel, last, init,
                                      epilogue, prefetch);
    } else {
      ProductColumns<kVectors, Residence::kInCache>(rows, column, columns, depth, left, panel, last,
                                                    init, epilogue, prefetch);
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
