// The forward product when the batch is smaller than a vector: where Product (micro_kernel.h) would
// leave lanes idle, these sums run along the inputs:
//
//   result(row, sample) = init(row) + Σ_k left(row, k) · right(sample, k)
//
// left (rows, depth) holds floats, or bfloat16 numbers as std::uint16_t; right (samples, depth). A
// block is kRows × kSamples accumulators; each vector of k costs kRows + kSamples loads for
// kRows·kSamples fused multiply-adds, and every sum one reduction over its lanes at the end.
#pragma once

#include <algorithm>
#include <cstdint>
#include <type_traits>

#include "kernel/lanes.h"
#include "kernel/micro_kernel.h"

namespace biasbench::kernel {

// Whether this product is the faster one. Measured against Product with 784, 64 and 32 inputs,
// batches of 1 to 15: 784 inputs, batch 1, take it 0.29 (AVX-512) or 0.28 (AVX2) of the time; 64
// inputs 0.8, but from batch 6 on (AVX2: 4) about twice.
constexpr bool SuitsDotProduct(std::int64_t samples, std::int64_t depth) {
  return samples <= std::min(kVectorLanes / 2, depth / (4 * kVectorLanes));
}

template <int kRows, int kSamples, class Left, class Init, class Epilogue>
HWY_INLINE void DotBlock(std::int64_t row, std::int64_t sample, std::int64_t samples,
                         std::int64_t depth, const Left* left, const float* right, const Init& init,
                         const Epilogue& epilogue) {
  Vector sum[kRows][kSamples];
  BIASBENCH_UNROLL
  for (int r = 0; r < kRows; ++r) {
    BIASBENCH_UNROLL
    for (int s = 0; s < kSamples; ++s) sum[r][s] = hn::Zero(kFloat);
  }
  const Left* left_row = left + row * depth;
  const float* right_row = right + sample * depth;
  std::int64_t paired = 0;
  if constexpr (sizeof(Left) == sizeof(std::uint16_t)) {
    for (; paired + kPairedLanes <= depth; paired += kPairedLanes) {
      EvenAndOdd factor[kSamples];
      BIASBENCH_UNROLL
      for (int s = 0; s < kSamples; ++s) {
        factor[s] = LoadEvenAndOdd(right_row + s * depth + paired);
      }
      BIASBENCH_UNROLL
      for (int r = 0; r < kRows; ++r) {
        const EvenAndOdd weights = LoadEvenAndOdd(left_row + r * depth + paired);
        BIASBENCH_UNROLL
        for (int s = 0; s < kSamples; ++s) {
          sum[r][s] = hn::MulAdd(weights.even, factor[s].even, sum[r][s]);
          sum[r][s] = hn::MulAdd(weights.odd, factor[s].odd, sum[r][s]);
        }
      }
    }
  }
  const auto accumulate = [&](std::int64_t k, auto lanes) {
    Vector factor[kSamples];
    BIASBENCH_UNROLL
    for (int s = 0; s < kSamples; ++s) factor[s] = lanes.Load(right_row + s * depth + k);
    BIASBENCH_UNROLL
    for (int r = 0; r < kRows; ++r) {
      const Vector weights = lanes.Load(left_row + r * depth + k);
      BIASBENCH_UNROLL
      for (int s = 0; s < kSamples; ++s) sum[r][s] = hn::MulAdd(weights, factor[s], sum[r][s]);
    }
  };
  ForEachVector(depth, accumulate, paired);
  const FirstLanes lanes(kSamples);
  BIASBENCH_UNROLL
  for (int r = 0; r < kRows; ++r) {
    HWY_ALIGN float totals[kVectorLanes] = {};
    BIASBENCH_UNROLL
    for (int s = 0; s < kSamples; ++s) totals[s] = AllLanes{}.Sum(sum[r][s]);
    epilogue((row + r) * samples + sample, hn::Add(init.Initial(row + r), hn::Load(kFloat, totals)),
             lanes);
  }
}

// The whole product: init and epilogue as for Product. Rows go outermost: four of them (784 inputs:
// 12 KiB) stay in the first-level cache while all samples pass.
template <class Left, class Init, class Epilogue>
void DotProduct(std::int64_t rows, std::int64_t samples, std::int64_t depth, const Left* left,
                const float* right, const Init& init, const Epilogue& epilogue) {
  const auto block = [&]<int kRows, int kSamples>(std::int64_t row, std::int64_t sample) {
    DotBlock<kRows, kSamples>(row, sample, samples, depth, left, right, init, epilogue);
  };
  const auto all_samples = [&]<int kRows>(std::int64_t row) {
    std::int64_t sample = 0;
    // 4×4 accumulators would not fit the 16 registers of AVX2 beside their operands.
    if constexpr (kVectorLanes >= 16) {
      for (; sample + 4 <= samples; sample += 4) block.template operator()<kRows, 4>(row, sample);
    }
    for (; sample + 2 <= samples; sample += 2) block.template operator()<kRows, 2>(row, sample);
    if (sample < samples) block.template operator()<kRows, 1>(row, sample);
  };
  std::int64_t row = 0;
  for (; row + 4 <= rows; row += 4) all_samples.template operator()<4>(row);
  for (; row < rows; ++row) all_samples.template operator()<1>(row);
}

// The gradient of such a batch, use(row·columns + column, Σ_k left(row, k) · right(k, column),
// lanes), with left (rows, depth) and right (depth, columns): row by row, since what `use` updates
// comes from memory and is nearest in that order, while the few rows of `right` stay in cache.
//
// `use` may also take sums of two vectors of places at once, from an even place on:
// use(row·columns + column, EvenAndOdd). Before each of its calls, ask(i) with the same
// index.
template <class Use, class Ask = AskForNothing>
void OuterProducts(std::int64_t rows, std::int64_t columns, std::int64_t depth, const float* left,
                   const float* right, const Use& use, const Ask& ask = {}) {
  for (std::int64_t row = 0; row < rows; ++row, left += depth) {
    const std::int64_t row_begin = row * columns;
    const auto single = [&](std::int64_t column, auto lanes) {
      ask(row_begin + column);
      Vector sum = hn::Mul(hn::Set(kFloat, left[0]), lanes.Load(right + column));
      for (std::int64_t k = 1; k < depth; ++k) {
        sum = hn::MulAdd(hn::Set(kFloat, left[k]), lanes.Load(right + k * columns + column), sum);
      }
      use(row_begin + column, sum, lanes);
    };
    std::int64_t column = 0;
    if constexpr (std::is_invocable_v<Use, std::int64_t, EvenAndOdd>) {
      if (row_begin % 2 != 0) single(column++, FirstLanes(1));
      for (; column + kPairedLanes <= columns; column += kPairedLanes) {
        ask(row_begin + column);
        const Vector first = hn::Set(kFloat, left[0]);
        EvenAndOdd sum = LoadEvenAndOdd(right + column);
        sum = {hn::Mul(first, sum.even), hn::Mul(first, sum.odd)};
        for (std::int64_t k = 1; k < depth; ++k) {
          const Vector factor = hn::Set(kFloat, left[k]);
          const EvenAndOdd values = LoadEvenAndOdd(right + k * columns + column);
          sum.even = hn::MulAdd(factor, values.even, sum.even);
          sum.odd = hn::MulAdd(factor, values.odd, sum.odd);
        }
        use(row_begin + column, sum);
      }
    }
    ForEachVector(columns, single, column);
  }
}

}  // namespace biasbench::kernel
