#include "machine/roofline.h"

#include <fmt/format.h>
#include <hwy/cache_control.h>
#include <hwy/highway.h>
#include <omp.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <stdexcept>
#include <thread>
#include <vector>

namespace biasbench::machine {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

using Floats = hn::ScalableTag<float>;

constexpr int kAccumulators = 10;  // latency 4 × 2 units = 8 in flight; 16 registers hold them all
// Short enough for some to fall between the interruptions of a busy machine, and many of them.
constexpr double kRegionSeconds = 0.004;
constexpr double kRepeatSeconds = 0.15;
// Multiply-adds repeat longer: two new threads may share a core for the first tenths of a second.
constexpr double kPeakRepeatSeconds = 0.6;
constexpr std::int64_t kLargestArrayBytes = std::int64_t{1} << 30;
constexpr std::int64_t kSmallestArrayBytes = std::int64_t{64} << 20;
constexpr std::int64_t kTooSmallBytes = std::int64_t{1} << 20;
// What a Speedometer measures with.
constexpr std::int64_t kSpeedPasses = 4;  // each over its share of the array
constexpr int kSpeedLoops = 5;
// GNU's OpenMP lets threads spin for some 20 ms after their work, in whatever process has just
// stopped.
constexpr auto kOthersSpin = std::chrono::milliseconds(25);
// A multiple of every vector's lanes times the unrolling.
constexpr std::int64_t kBlockFloats = 1024;
constexpr auto kBlockBytes = kBlockFloats * static_cast<std::int64_t>(sizeof(float));

// `iterations` rounds of kAccumulators independent multiply-adds. They start from different values:
// a compiler computes equal chains only once.
float MultiplyAdds(std::int64_t iterations) {
  const Floats d;
  const auto factor = hn::Set(d, 0.5F);
  const auto term = hn::Set(d, 0.5F);
  auto a0 = hn::Set(d, 1.0F), a1 = hn::Set(d, 2.0F), a2 = hn::Set(d, 3.0F), a3 = hn::Set(d, 4.0F);
  auto a4 = hn::Set(d, 5.0F), a5 = hn::Set(d, 6.0F), a6 = hn::Set(d, 7.0F), a7 = hn::Set(d, 8.0F);
  auto a8 = hn::Set(d, 9.0F), a9 = hn::Set(d, 10.0F);
  for (std::int64_t i = 0; i < iterations; ++i) {
    a0 = hn::MulAdd(a0, factor, term);
    a1 = hn::MulAdd(a1, factor, term);
    a2 = hn::MulAdd(a2, factor, term);
    a3 = hn::MulAdd(a3, factor, term);
    a4 = hn::MulAdd(a4, factor, term);
    a5 = hn::MulAdd(a5, factor, term);
    a6 = hn::MulAdd(a6, factor, term);
    a7 = hn::MulAdd(a7, factor, term);
    a8 = hn::MulAdd(a8, factor, term);
    a9 = hn::MulAdd(a9, factor, term);
  }
  a0 = hn::Add(hn::Add(hn::Add(a0, a1), hn::Add(a2, a3)), hn::Add(a4, a5));
  a0 = hn::Add(a0, hn::Add(hn::Add(a6, a7), hn::Add(a8, a9)));
  return hn::GetLane(hn::SumOfLanes(d, a0));
}

float Sum(const float* x, std::int64_t size) {
  const Floats d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  auto s0 = hn::Zero(d), s1 = s0, s2 = s0, s3 = s0;
  for (std::int64_t i = 0; i < size; i += 4 * lanes) {
    s0 = hn::Add(s0, hn::Load(d, x + i));
    s1 = hn::Add(s1, hn::Load(d, x + i + lanes));
    s2 = hn::Add(s2, hn::Load(d, x + i + 2 * lanes));
    s3 = hn::Add(s3, hn::Load(d, x + i + 3 * lanes));
  }
  return hn::GetLane(hn::SumOfLanes(d, hn::Add(hn::Add(s0, s1), hn::Add(s2, s3))));
}

void Update(float* x, std::int64_t size) {
  const Floats d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  const auto factor = hn::Set(d, 0.5F);
  const auto term = hn::Set(d, 0.5F);
  for (std::int64_t i = 0; i < size; i += lanes) {
    hn::Store(hn::MulAdd(hn::Load(d, x + i), factor, term), d, x + i);
  }
}

void Write(float* x, std::int64_t size) {
  const Floats d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  const auto value = hn::Set(d, 1.0F);
  for (std::int64_t i = 0; i < size; i += lanes) hn::Stream(value, d, x + i);
  hwy::FlushStream();
}

// Runs work(thread) in every thread, and gives the sum of what they return, so that no compiler
// can leave the work out.
template <class Work>
float InParallel(int threads, const Work& work) {
  float sum = 0;
#pragma omp parallel for num_threads(threads) schedule(static, 1) reduction(+ : sum)
  for (int thread = 0; thread < threads; ++thread) sum += work(thread);
  return sum;
}

// Seconds of one run of work(thread) in every thread.
template <class Work>
double ParallelSeconds(int threads, const Work& work) {
  [[maybe_unused]] volatile float kept = 0;
  const auto start = std::chrono::steady_clock::now();
  kept = InParallel(threads, work);
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// Seconds of processor time of each thread meanwhile; OpenMP's spin where they wait for each other.
template <class Work>
double ParallelCpuSeconds(int threads, const Work& work) {
  const auto process_seconds = [] {
    timespec time{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
  };
  const double start = process_seconds();
  ParallelSeconds(threads, work);
  return (process_seconds() - start) / threads;
}

// The least of as many runs as fit in `repeat_seconds`, of two at least.
template <class Work>
double BestParallelSeconds(int threads, double repeat_seconds, const Work& work) {
  double best = ParallelSeconds(threads, work);
  double total = best;
  do {
    const double seconds = ParallelSeconds(threads, work);
    best = std::min(best, seconds);
    total += seconds;
  } while (total < repeat_seconds);
  return best;
}

// So many that a loop takes kRegionSeconds.
std::int64_t LoopIterations() {
  std::int64_t iterations = 1 << 12;
  const auto work = [&](int) { return MultiplyAdds(iterations); };
  // On one thread: on a busy machine a team can take milliseconds to come together.
  while (std::min(ParallelSeconds(1, work), ParallelSeconds(1, work)) < kRegionSeconds) {
    iterations *= 2;
  }
  return iterations;
}

double LoopFlops(std::int64_t iterations, int threads) {
  const auto lanes = static_cast<double>(hn::Lanes(Floats()));
  return 2 * lanes * kAccumulators * static_cast<double>(iterations) * threads;
}

double PeakFlopsPerSecond(int threads) {
  const std::int64_t iterations = LoopIterations();
  return LoopFlops(iterations, threads) /
         BestParallelSeconds(threads, kPeakRepeatSeconds,
                             [&](int) { return MultiplyAdds(iterations); });
}

void RequireThreads(int threads) {
  if (threads >= 1) return;
  throw std::invalid_argument(fmt::format("roofline: {} threads, needs at least 1", threads));
}

// Whole blocks of an array to measure with.
std::int64_t ArrayBlocks(std::int64_t array_bytes) {
  if (array_bytes >= kTooSmallBytes) return array_bytes / kBlockBytes;
  throw std::invalid_argument(fmt::format("roofline: an array of {} bytes, needs at least {}",
                                          array_bytes, kTooSmallBytes));
}

double MedianOf(std::vector<double>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

// Best seconds of one pass over the array, of which each thread takes its share.
template <class Pass>
double BestPassSeconds(int threads, const memory::TrackedBuffer<float>& array, const Pass& pass) {
  const std::int64_t blocks = array.size() / kBlockFloats;
  const auto share_begin = [&](int thread) { return blocks * thread / threads * kBlockFloats; };
  return BestParallelSeconds(threads, kRepeatSeconds, [&](int thread) {
    const std::int64_t begin = share_begin(thread);
    return pass(array.data() + begin, share_begin(thread + 1) - begin);
  });
}

}  // namespace

std::int64_t BandwidthArrayBytes(std::int64_t available_bytes) {
  const std::int64_t bytes = std::min(available_bytes / 4, kLargestArrayBytes);
  if (bytes < kSmallestArrayBytes) {
    throw std::runtime_error(
        fmt::format("bandwidth needs {} bytes of memory to measure, only {} are available",
                    4 * kSmallestArrayBytes, available_bytes));
  }
  return bytes / memory::kHugePageBytes * memory::kHugePageBytes;
}

Roofline MeasureRoofline(int threads, std::int64_t array_bytes) {
  RequireThreads(threads);
  const std::int64_t blocks = ArrayBlocks(array_bytes);
  memory::Ledger ledger;
  const memory::TrackedBuffer<float> array(ledger, memory::Category::kWorkspace,
                                           blocks * kBlockFloats);
  const auto bytes = static_cast<double>(blocks * kBlockBytes);
  const auto update = [](float* x, std::int64_t size) { return Update(x, size), 0.0F; };
  const auto write = [](float* x, std::int64_t size) { return Write(x, size), 0.0F; };
  return {.peak_flops_per_second = PeakFlopsPerSecond(threads),
          .read_bytes_per_second = bytes / BestPassSeconds(threads, array, Sum),
          .update_bytes_per_second = 2 * bytes / BestPassSeconds(threads, array, update),
          .write_bytes_per_second = bytes / BestPassSeconds(threads, array, write),
          .array_bytes = blocks * kBlockBytes,
          .threads = threads};
}

Speedometer::Speedometer(std::int64_t array_bytes)
    : array_(ledger_, memory::Category::kWorkspace, ArrayBlocks(array_bytes) * kBlockFloats),
      iterations_(LoopIterations()) {}

Speed Speedometer::Measure(int threads) {
  RequireThreads(threads);
  std::this_thread::sleep_for(kOthersSpin);
  std::vector<double> loops;
  for (int loop = 0; loop < kSpeedLoops; ++loop) {
    loops.push_back(ParallelCpuSeconds(threads, [&](int) { return MultiplyAdds(iterations_); }));
  }
  std::vector<double> passes;
  const std::int64_t blocks = array_.size() / kBlockFloats / kSpeedPasses;
  const std::int64_t pass_floats = blocks * kBlockFloats;
  for (std::int64_t pass = 0; pass < kSpeedPasses; ++pass) {
    float* const x = array_.data() + pass * pass_floats;
    passes.push_back(ParallelCpuSeconds(threads, [&](int thread) {
      const std::int64_t begin = blocks * thread / threads * kBlockFloats;
      const std::int64_t end = blocks * (thread + 1) / threads * kBlockFloats;
      Update(x + begin, end - begin);
      return 0.0F;
    }));
  }
  omp_pause_resource_all(omp_pause_soft);
  const auto pass_bytes = 2.0 * sizeof(float) * static_cast<double>(pass_floats);
  return {.flops_per_second = LoopFlops(iterations_, threads) / MedianOf(loops),
          .update_bytes_per_second = pass_bytes / MedianOf(passes)};
}

std::string SimdTarget() { return hwy::TargetName(HWY_TARGET); }

int SimdBits() { return static_cast<int>(8 * sizeof(float) * hn::Lanes(Floats())); }

}  // namespace biasbench::machine
