#include "machine/roofline.h"

#include <fmt/format.h>
#include <hwy/highway.h>
#include <omp.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <stdexcept>

#include "machine/caches.h"
#include "machine/memory_limits.h"

#ifdef __AVX512BF16__
#include <immintrin.h>
#endif

namespace biasbench::machine {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

using Floats = hn::ScalableTag<float>;
using Vector = hn::Vec<Floats>;

constexpr char kFlops[] = "peak_flops_per_second";
constexpr char kBfloat16Flops[] = "peak_bfloat16_flops_per_second";
constexpr char kBytes[] = "peak_bytes_per_second";
constexpr char kReadBytes[] = "peak_read_bytes_per_second";

// The duration of a loop, some milliseconds: starting a team (some 10 µs) hardly counts, and some
// loops fall between the interruptions of a busy machine.
constexpr double kLoopSeconds = 0.004;
constexpr std::int64_t kPartBytes = std::int64_t{256} << 20;  // 5 ms at 100 GB/s
constexpr double kArithmeticSeconds = 0.05;                   // for each kind of arithmetic
constexpr double kBusSeconds = 0.2;                           // for each kind of walk
constexpr std::int64_t kLargestArrayBytes = std::int64_t{1} << 30;
constexpr std::int64_t kSmallestArrayBytes = std::int64_t{64} << 20;
constexpr std::int64_t kTooSmallBytes = std::int64_t{1} << 20;
constexpr std::int64_t kFloatBytes = 4;
constexpr std::int64_t kLineFloats = 16;  // of a cache line
// A multiple of a line and of every vector's lanes.
constexpr std::int64_t kBlockFloats = 1024;
constexpr std::int64_t kBlockBytes = kBlockFloats * kFloatBytes;

// The sum of kChains independent chains of `steps` steps. They start from different values, since a
// compiler computes equal chains only once.
template <int kChains, class Step>
float Chains(std::int64_t steps, const Step& step) {
  const Floats d;
  Vector chain[kChains];
#pragma GCC unroll 16
  for (int i = 0; i < kChains; ++i) chain[i] = hn::Set(d, static_cast<float>(i + 1));
  for (std::int64_t s = 0; s < steps; ++s) {
#pragma GCC unroll 16
    for (int i = 0; i < kChains; ++i) chain[i] = step(chain[i]);
  }
#pragma GCC unroll 16
  for (int i = 1; i < kChains; ++i) chain[0] = hn::Add(chain[0], chain[i]);
  return hn::GetLane(hn::SumOfLanes(d, chain[0]));
}

// A kind of arithmetic: chains enough for the latency (4 steps, or 6, in 2 units) and the registers
// (16, or with AVX-512 32).
struct MultiplyAdds {
  static constexpr int kChains = 10;
  static constexpr double kFlopsPerLane = 2;
  static float Run(std::int64_t steps) {
    const auto half = hn::Set(Floats(), 0.5F);
    return Chains<kChains>(steps, [&](Vector sum) { return hn::MulAdd(sum, half, half); });
  }
};

#ifdef __AVX512BF16__
struct Bfloat16DotProducts {
  static constexpr int kChains = 16;
  static constexpr double kFlopsPerLane = 4;
  static float Run(std::int64_t steps) {
    const __m512 one = _mm512_set1_ps(1);
    const __m512bh pairs = _mm512_cvtne2ps_pbh(one, one);
    return Chains<kChains>(
        steps, [&](Vector sum) { return Vector{_mm512_dpbf16_ps(sum.raw, pairs, pairs)}; });
  }
};
#endif

// A walk's work on a vector of the array, beside a sum of its own for each vector of a line.
struct Update {  // x = x / 2 + 1 / 2
  static Vector Of(Vector sum, float* x) {
    const Floats d;
    const auto half = hn::Set(d, 0.5F);
    hn::Store(hn::MulAdd(hn::Load(d, x), half, half), d, x);
    return sum;
  }
};
struct Read {
  static Vector Of(Vector sum, const float* x) { return hn::Add(sum, hn::Load(Floats(), x)); }
};

// Prefetching past the outer caches, and into all but the first: localities of __builtin_prefetch.
constexpr int kPastCaches = 0;
constexpr int kOuterCaches = 2;

// Visits whole blocks in kStreams parts at once, each prefetched a number of bytes ahead (0: not at
// all). Returns the visits' sum.
template <class Visit, std::int64_t kStreams, std::int64_t kAheadBytes, int kLocality = kPastCaches>
float Walk(float* x, std::int64_t size) {
  static_assert(kBlockFloats % (kStreams * kLineFloats) == 0);
  const Floats d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  const std::int64_t stream = size / kStreams;
  constexpr auto kVectors = kLineFloats / static_cast<std::int64_t>(hn::MaxLanes(Floats()));
  Vector sums[kVectors];
  for (Vector& sum : sums) sum = hn::Zero(d);
  for (std::int64_t line = 0; line < stream; line += kLineFloats) {
    for (std::int64_t begin = line; begin < kStreams * stream; begin += stream) {
      if constexpr (kAheadBytes > 0) {
        __builtin_prefetch(x + begin + kAheadBytes / kFloatBytes, 0, kLocality);
      }
      for (std::int64_t i = begin; i < begin + kLineFloats; i += lanes) {
        Vector& sum = sums[(i - begin) / lanes];
        sum = Visit::Of(sum, x + i);
      }
    }
  }
  for (std::int64_t i = 1; i < kVectors; ++i) sums[0] = hn::Add(sums[0], sums[i]);
  return hn::GetLane(hn::SumOfLanes(d, sums[0]));
}
// The fastest walks. On an AMD EPYC of family 26 the first three were the fastest in 33, 29 and 17
// of 100 runs in turns (two threads); one stream prefetched into all caches in 17, by less than 1
// %, and without any in 4, 7 % slower in the median. On an Intel Xeon (family 6) reading takes, of
// its time without prefetching, 2.3 with the first and 0.87 with the last. Three and four streams,
// backwards, stores past the caches, and threads that share chunks of 4 KiB to 2 MiB were not worth
// their time.
template <class Visit>
constexpr float (*kWalks[])(float*, std::int64_t) = {
    Walk<Visit, 1, 4096>, Walk<Visit, 2, 0>, Walk<Visit, 2, 4096>,
    Walk<Visit, 1, 4096, kOuterCaches>, Walk<Visit, 2, 4096, kOuterCaches>};

double SecondsSince(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// Wall seconds of one run of work(thread) in every thread. The sum of what they return is kept, so
// that no compiler can leave the work out.
template <class Work>
double ParallelSeconds(int threads, const Work& work) {
  [[maybe_unused]] volatile float kept = 0;
  float sum = 0;
  const auto start = std::chrono::steady_clock::now();
#pragma omp parallel for num_threads(threads) schedule(static, 1) reduction(+ : sum)
  for (int thread = 0; thread < threads; ++thread) sum += work(thread);
  kept = sum;
  return SecondsSince(start);
}

// The number of steps that take kLoopSeconds, on one thread, since on a busy machine a team can
// take milliseconds to come together.
template <class Arithmetic>
std::int64_t LoopSteps() {
  std::int64_t steps = 1 << 12;
  while (ParallelSeconds(1, [&](int) { return Arithmetic::Run(steps); }) < kLoopSeconds) steps *= 2;
  return steps;
}

template <class Arithmetic>
double FlopsPerSecond(int threads) {
  const std::int64_t steps = LoopSteps<Arithmetic>();
  const auto start = std::chrono::steady_clock::now();
  double best_seconds = ParallelSeconds(threads, [&](int) { return Arithmetic::Run(steps); });
  do {
    best_seconds = std::min(best_seconds,
                            ParallelSeconds(threads, [&](int) { return Arithmetic::Run(steps); }));
  } while (SecondsSince(start) < kArithmeticSeconds);
  const auto lanes = static_cast<double>(hn::Lanes(Floats()));
  return Arithmetic::kFlopsPerLane * lanes * Arithmetic::kChains * static_cast<double>(steps) *
         threads / best_seconds;
}

double Bfloat16FlopsPerSecond([[maybe_unused]] int threads) {
#ifdef __AVX512BF16__
  return FlopsPerSecond<Bfloat16DotProducts>(threads);
#else
  return 0;
#endif
}

// The number of whole blocks in the array.
std::int64_t ArrayBlocks(std::int64_t array_bytes) {
  if (array_bytes >= kTooSmallBytes) return array_bytes / kBlockBytes;
  throw std::invalid_argument(fmt::format("yardstick: an array of {} bytes, needs at least {}",
                                          array_bytes, kTooSmallBytes));
}

}  // namespace

nlohmann::json ToJson(const Peaks& peaks) {
  return {{kFlops, peaks.flops_per_second},
          {kBfloat16Flops, peaks.bfloat16_flops_per_second},
          {kBytes, peaks.bytes_per_second},
          {kReadBytes, peaks.read_bytes_per_second}};
}

Peaks PeaksFromJson(const nlohmann::json& object) {
  return {.flops_per_second = object.at(kFlops),
          .bfloat16_flops_per_second = object.at(kBfloat16Flops),
          .bytes_per_second = object.at(kBytes),
          .read_bytes_per_second = object.at(kReadBytes)};
}

std::int64_t BandwidthArrayBytes(std::int64_t available_bytes, std::int64_t cache_bytes) {
  const std::int64_t bytes =
      std::min(available_bytes / 4, std::max(kLargestArrayBytes, kBeyondCaches * cache_bytes));
  if (bytes < kSmallestArrayBytes) {
    throw std::runtime_error(
        fmt::format("bandwidth needs {} bytes of memory to measure, only {} are available",
                    4 * kSmallestArrayBytes, available_bytes));
  }
  return bytes / memory::kHugePageBytes * memory::kHugePageBytes;
}

std::int64_t BandwidthArrayBytes(int threads) {
  return BandwidthArrayBytes(AvailableMemory().bytes, LastLevelCacheBytes(threads));
}

Yardstick::Yardstick(std::int64_t array_bytes)
    : array_(ledger_, memory::Category::kWorkspace, ArrayBlocks(array_bytes) * kBlockFloats) {}

Peaks Yardstick::Measure(int threads) {
  if (threads < 1) {
    throw std::invalid_argument(fmt::format("yardstick: {} threads, needs at least 1", threads));
  }
  // The bus first: new threads may share a core for the first tenth of a second, which costs it
  // little and would halve arithmetic.
  Peaks peaks;
  peaks.bytes_per_second = BytesPerSecond(threads, 2, kWalks<Update>);
  peaks.read_bytes_per_second = BytesPerSecond(threads, 1, kWalks<Read>);
  peaks.flops_per_second = FlopsPerSecond<MultiplyAdds>(threads);
  peaks.bfloat16_flops_per_second = Bfloat16FlopsPerSecond(threads);
  omp_pause_resource_all(omp_pause_soft);
  return peaks;
}

double Yardstick::BytesPerSecond(int threads, double crossings,
                                 std::span<float (*const)(float*, std::int64_t)> walks) {
  const std::int64_t blocks = array_.size() / kBlockFloats;
  const std::int64_t part_blocks = std::min(blocks, kPartBytes / kBlockBytes);
  double best_seconds = std::numeric_limits<double>::infinity();
  const auto start = std::chrono::steady_clock::now();
  do {
    for (const auto walk : walks) {
      const std::int64_t first = next_part_ * part_blocks;
      next_part_ = (next_part_ + 1) % (blocks / part_blocks);
      const auto share_begin = [&](int thread) {
        return (first + part_blocks * thread / threads) * kBlockFloats;
      };
      best_seconds = std::min(best_seconds, ParallelSeconds(threads, [&](int thread) {
                                const std::int64_t begin = share_begin(thread);
                                return walk(array_.data() + begin, share_begin(thread + 1) - begin);
                              }));
    }
  } while (SecondsSince(start) < kBusSeconds);
  return crossings * static_cast<double>(part_blocks * kBlockBytes) / best_seconds;
}

std::string SimdTarget() { return hwy::TargetName(HWY_TARGET); }

int SimdBits() { return static_cast<int>(8 * sizeof(float) * hn::Lanes(Floats())); }

}  // namespace biasbench::machine
