// Products with batches smaller than a vector. Such a batch is limited by the weights' way from
// memory, so these are walked in one linear stream, a row at a time: a row takes its step on the
// old batch and, while its values are in registers, is multiplied with the new one.
//
//   ∂W(row, k)          = Σ_n delta(row, n) · x(n, k)
//   result(row, sample) = init(row) + Σ_k W(row, k) · x(sample, k)      W after the step
//
// Vectors run along a row, where Product (micro_kernel.h) would leave lanes idle. FLOPs and bytes
// are those of tile.h; the weights of a tile cross the bus once each way.
#pragma once

#include <algorithm>
#include <cstdint>

#include "kernel/bfloat16_products.h"
#include "kernel/lanes.h"
#include "kernel/micro_kernel.h"

namespace biasbench::kernel {

// True if walking rows is faster than blocks: up to three samples for eight lanes, or two where the
// processor multiplies pairs itself (so that blocks take half as long), but always two, provided
// that a row has four vectors for each. With 784 inputs on an AVX-512 core, samples/s by walks and
// by blocks: 14 and 4 at batch 1, 45 and 26 at 4, 46 and 38 at 6, 50 and 55 at 8; by pairs 47 and
// 48 at 4, 50 and 96 at 8.
constexpr bool SuitsRowWalk(std::int64_t samples, std::int64_t depth, bool multiplies_pairs) {
  const std::int64_t most = multiplies_pairs ? kVectorLanes / 4 : 3 * kVectorLanes / 8;
  return samples <= std::min(std::max<std::int64_t>(2, most), depth / (4 * kVectorLanes));
}

// The number of samples multiplied with a row in one walk: as many as leave registers for a step.
inline constexpr int kWalkSamples = kVectorLanes >= 16 ? 8 : 4;

// The number of vectors of a row at a time.
inline constexpr int kWalkVectors = kVectorLanes >= 16 ? 8 : 4;

// The distance by which walks prefetch. 784 inputs, two threads of an Intel Xeon (family 6), 4 KiB:
// 0.73 of the time without at batch 1 (2 to 16 KiB the same), as long as a loop that only updates
// the same bytes; 0.68 in bfloat16; 0.78 at batch 4. An AMD EPYC of family 25 recognises one linear
// stream by itself: there 4 KiB take 1.5 times the time, 256 bytes 1.1 times, and no distance up to
// 32 KiB takes less than none.
inline constexpr std::int64_t kWalkAheadBytes = 4096;
inline const bool kPrefetchesWalks = [] {
#if HWY_ARCH_X86
  __builtin_cpu_init();
  return !__builtin_cpu_is("amdfam19h");
#else
  return true;
#endif
}();

// Prefetches for the kValues values that a walk reaches kWalkAheadBytes after those from i on.
template <std::int64_t kValues, class Weights>
HWY_INLINE void PrefetchWalk(const Weights& weights, std::int64_t i) {
  if (!kPrefetchesWalks) return;
  constexpr auto kBytes = static_cast<std::int64_t>(Weights::kWidestBytes);
  BIASBENCH_UNROLL
  for (std::int64_t at = 0; at < kValues; at += kLineBytes / kBytes) {
    weights.PrefetchAt(i + at + kWalkAheadBytes / kBytes);
  }
}

// A batch in the form that walks read: rows of floats, or of bfloat16 for products by the
// processor.
template <class X>
struct WalkBatch {
  std::int64_t samples;
  std::int64_t columns;
  // (samples, columns); floats are paired (PairColumns in lanes.h) where weights have words and
  // columns are even in number.
  const X* x;
  bool is_finite;  // all of x
};

// The products with a new batch; init and epilogue as for Product (micro_kernel.h).
template <class X, class Init, class Epilogue>
struct WalkProduct {
  static constexpr bool kMultiplies = true;
  WalkBatch<X> batch;
  Init init;
  Epilogue epilogue;
};
template <class X, class Init, class Epilogue>
WalkProduct(WalkBatch<X>, Init, Epilogue) -> WalkProduct<X, Init, Epilogue>;
struct NoProduct {
  static constexpr bool kMultiplies = false;
};

// `Weights`, the rows that are walked, is a type with
//
//   Load(i, lanes)             the values from i on
//   Step(i, gradient, lanes)   takes their step and returns them as they are stored then
//   PrefetchAt(i)              prefetches value i, and its states
//   kWidestBytes               the bytes of one value, or of one of its states if that is more
//   kKeepsAtZero               whether a gradient of zero leaves every value as it is
//
// and, if two values share a word (kHasWords), the same for kPairedLanes of them from an even place
// on: LoadWords(i), StepWords(i, gradient).

inline bool IsZero(const float* values, std::int64_t size) {
  return std::all_of(values, values + size, [](float value) { return value == 0; });
}
// sum + the products of the words with the values at x.
HWY_INLINE Vector MulAddWords(Bits words, const float* x, Vector sum) {
  const EvenAndOdd values = FromWords(words);
  const EvenAndOdd factors = LoadEvenAndOdd(x);
  return hn::MulAdd(values.odd, factors.odd, hn::MulAdd(values.even, factors.even, sum));
}
HWY_INLINE Vector MulAddWords(Bits words, const std::uint16_t* x, Vector sum) {
  return PairFactors::MulAdd(hn::BitCast(kFloat, words), hn::BitCast(kFloat, LoadWords(x)), sum);
}

// One row without a step: kVectors vectors of values, or of words, from column k on. kIsInCache: it
// was walked before.
template <class Weights, bool kIsInCache = false>
struct UnchangedRow {
  static constexpr bool kPrefetches = !kIsInCache;

  template <int kVectors, class SomeLanes>
  HWY_INLINE void Values(std::int64_t k, SomeLanes lanes, Vector* values) const {
    BIASBENCH_UNROLL
    for (int v = 0; v < kVectors; ++v) {
      values[v] = weights.Load(begin + k + v * kVectorLanes, lanes);
    }
  }
  template <int kVectors>
  HWY_INLINE void Words(std::int64_t k, Bits* words) const {
    BIASBENCH_UNROLL
    for (int v = 0; v < kVectors; ++v) {
      words[v] = weights.LoadWords(begin + k + v * kPairedLanes);
    }
  }

  const Weights& weights;
  std::int64_t begin;  // of the row
};

// One row after its step.
template <class Weights, class X>
struct SteppedRow {
  static constexpr bool kPrefetches = true;

  template <int kVectors, class SomeLanes>
  HWY_INLINE void Values(std::int64_t k, SomeLanes lanes, Vector* values) const {
    const X* x = batch.x + k;
    Vector factor = hn::Set(kFloat, delta[0]);
    BIASBENCH_UNROLL
    for (int v = 0; v < kVectors; ++v) {
      values[v] = hn::Mul(factor, lanes.Load(x + v * kVectorLanes));
    }
    for (std::int64_t n = 1; n < batch.samples; ++n) {
      x += batch.columns;
      factor = hn::Set(kFloat, delta[n]);
      BIASBENCH_UNROLL
      for (int v = 0; v < kVectors; ++v) {
        values[v] = hn::MulAdd(factor, lanes.Load(x + v * kVectorLanes), values[v]);
      }
    }
    BIASBENCH_UNROLL
    for (int v = 0; v < kVectors; ++v) {
      values[v] = weights.Step(begin + k + v * kVectorLanes, values[v], lanes);
    }
  }
  template <int kVectors>
  HWY_INLINE void Words(std::int64_t k, Bits* words) const {
    EvenAndOdd gradient[kVectors];
    const X* x = batch.x + k;
    Vector factor = hn::Set(kFloat, delta[0]);
    BIASBENCH_UNROLL
    for (int v = 0; v < kVectors; ++v) {
      const EvenAndOdd values = LoadEvenAndOdd(x + v * kPairedLanes);
      gradient[v] = {hn::Mul(factor, values.even), hn::Mul(factor, values.odd)};
    }
    for (std::int64_t n = 1; n < batch.samples; ++n) {
      x += batch.columns;
      factor = hn::Set(kFloat, delta[n]);
      BIASBENCH_UNROLL
      for (int v = 0; v < kVectors; ++v) {
        const EvenAndOdd values = LoadEvenAndOdd(x + v * kPairedLanes);
        gradient[v] = {hn::MulAdd(factor, values.even, gradient[v].even),
                       hn::MulAdd(factor, values.odd, gradient[v].odd)};
      }
    }
    BIASBENCH_UNROLL
    for (int v = 0; v < kVectors; ++v) {
      words[v] = weights.StepWords(begin + k + v * kPairedLanes, gradient[v]);
    }
  }

  const Weights& weights;
  std::int64_t begin;  // of the row
  WalkBatch<X> batch;  // the old one
  const float* delta;  // (batch.samples)
};

// Adds to `sums` the products of all values of a row, in order, with the first kSamples of x.
template <int kSamples, class Weights, class Row, class X>
HWY_INLINE void WalkRow(const Row& row, std::int64_t columns, const X* x, Vector* sums) {
  std::int64_t begin = 0;
  const auto walk = [&]<int kVectors>(std::int64_t k, auto lanes) __attribute__((always_inline)) {
    if constexpr (Row::kPrefetches) {
      PrefetchWalk<kVectors * kVectorLanes>(row.weights, row.begin + k);
    }
    Vector values[kVectors];
    row.template Values<kVectors>(k, lanes, values);
    BIASBENCH_UNROLL
    for (int s = 0; s < kSamples; ++s) {
      BIASBENCH_UNROLL
      for (int v = 0; v < kVectors; ++v) {
        sums[s] =
            hn::MulAdd(values[v], lanes.Load(x + s * columns + k + v * kVectorLanes), sums[s]);
      }
    }
  };
  const bool goes_by_words = columns % 2 == 0;  // else rows would begin within words
  if constexpr (Weights::kHasWords) {
    const auto walk_words = [&]<int kVectors>(std::int64_t k) __attribute__((always_inline)) {
      if constexpr (Row::kPrefetches) {
        PrefetchWalk<kVectors * kPairedLanes>(row.weights, row.begin + k);
      }
      Bits words[kVectors];
      row.template Words<kVectors>(k, words);
      BIASBENCH_UNROLL
      for (int v = 0; v < kVectors; ++v) {
        BIASBENCH_UNROLL
        for (int s = 0; s < kSamples; ++s) {
          sums[s] = MulAddWords(words[v], x + s * columns + k + v * kPairedLanes, sums[s]);
        }
      }
    };
    for (; goes_by_words && begin + kWalkVectors / 2 * kPairedLanes <= columns;
         begin += kWalkVectors / 2 * kPairedLanes) {
      walk_words.template operator()<kWalkVectors / 2>(begin);
    }
    for (; goes_by_words && begin + kPairedLanes <= columns; begin += kPairedLanes) {
      walk_words.template operator()<1>(begin);
    }
  } else {
    for (; begin + kWalkVectors * kVectorLanes <= columns; begin += kWalkVectors * kVectorLanes) {
      walk.template operator()<kWalkVectors>(begin, AllLanes{});
    }
  }
  ForEachVector(
      columns, [&](std::int64_t k, auto lanes) { walk.template operator()<1>(k, lanes); }, begin);
}

// The products with kSamples of the new batch, from `sample` on.
template <int kSamples, class Weights, class Row, class Next>
HWY_INLINE void WalkSamples(const Row& row, std::int64_t row_number, std::int64_t sample,
                            const Next& next) {
  Vector sums[kSamples];
  BIASBENCH_UNROLL
  for (int s = 0; s < kSamples; ++s) sums[s] = hn::Zero(kFloat);
  const auto& batch = next.batch;
  WalkRow<kSamples, Weights>(row, batch.columns, batch.x + sample * batch.columns, sums);
  HWY_ALIGN float totals[kVectorLanes] = {};
  BIASBENCH_UNROLL
  for (int s = 0; s < kSamples; ++s) totals[s] = AllLanes{}.Sum(sums[s]);
  next.epilogue(row_number * batch.samples + sample,
                hn::Add(next.init.Initial(row_number), hn::Load(kFloat, totals)),
                FirstLanes(kSamples));
}

// The products of one row with the whole new batch. `row` is walked with the first few samples; for
// the others it is in a cache.
template <class Weights, class Row, class Next>
HWY_INLINE void MultiplyRow(const Weights& weights, const Row& row, std::int64_t row_number,
                            const Next& next) {
  const std::int64_t samples = next.batch.samples;
  const UnchangedRow<Weights, true> again{weights, row.begin};
  // Takes the largest power of two of the remaining samples, up to kWalkSamples; returns their
  // number.
  const auto block = [&](std::int64_t sample, const auto& some_row) -> std::int64_t {
    const std::int64_t rest = samples - sample;
    if constexpr (kWalkSamples >= 8) {
      if (rest >= 8) return WalkSamples<8, Weights>(some_row, row_number, sample, next), 8;
    }
    if (rest >= 4) return WalkSamples<4, Weights>(some_row, row_number, sample, next), 4;
    if (rest >= 2) return WalkSamples<2, Weights>(some_row, row_number, sample, next), 2;
    return WalkSamples<1, Weights>(some_row, row_number, sample, next), 1;
  };
  for (std::int64_t sample = block(0, row); sample < samples;) sample += block(sample, again);
}

// The products of `rows` rows with the new batch.
template <class Weights, class Next>
HWY_NOINLINE void WalkForward(std::int64_t rows, Weights weights, Next next) {
  for (std::int64_t row = 0; row < rows; ++row) {
    MultiplyRow(weights, UnchangedRow<Weights>{weights, row * next.batch.columns}, row, next);
  }
}

// The steps of `rows` rows on the old batch, delta (rows, samples), and at once their products with
// the new one, unless `next` is NoProduct. A row that the step would not change is not written, and
// without a product not even read, unless prefetched: with ReLU at batch 1 that is about every
// other row. Returns the number of these rows. (From memory, batch 1: 0.95 of the time with float32
// weights, 0.83 with bfloat16.)
template <class Weights, class X, class Next>
HWY_NOINLINE std::int64_t WalkSteps(std::int64_t rows, Weights weights, WalkBatch<X> batch,
                                    const float* delta, Next next) {
  // Zero times x is not zero if x is not finite.
  const bool may_keep = Weights::kKeepsAtZero && batch.is_finite;
  std::int64_t unwritten = 0;
  for (std::int64_t row = 0; row < rows; ++row, delta += batch.samples) {
    const std::int64_t begin = row * batch.columns;
    if (may_keep && IsZero(delta, batch.samples)) {
      ++unwritten;
      if constexpr (Next::kMultiplies) {
        MultiplyRow(weights, UnchangedRow<Weights>{weights, begin}, row, next);
      }
      continue;
    }
    const SteppedRow<Weights, X> stepped{weights, begin, batch, delta};
    if constexpr (Next::kMultiplies) {
      MultiplyRow(weights, stepped, row, next);
    } else {
      WalkRow<0, Weights>(stepped, batch.columns, batch.x, nullptr);
    }
  }
  return unwritten;
}

}  // namespace biasbench::kernel
