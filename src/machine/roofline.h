// This machine's peaks: the limits that throughput is measured against.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <span>
#include <string>

#include "memory/ledger.h"
#include "memory/tracked_buffer.h"

namespace biasbench::machine {

struct Peaks {
  // Multiply-adds in registers, two operations each.
  double flops_per_second = 0;  // single precision
  // Dot products of bfloat16 pairs. 0 where the build has no instruction for them (AVX512-BF16).
  double bfloat16_flops_per_second = 0;
  // x = a x + b over an array that no cache holds, bytes read and bytes written: the bus limit of
  // training.
  double bytes_per_second = 0;
  // The same array only read.
  double read_bytes_per_second = 0;
};

// {"peak_flops_per_second", "peak_bfloat16_flops_per_second", "peak_bytes_per_second",
// "peak_read_bytes_per_second"}.
nlohmann::json ToJson(const Peaks& peaks);
Peaks PeaksFromJson(const nlohmann::json& object);

// 1 GiB, or kBeyondCaches times the caches where that is more; but at most a quarter of what is
// available. Throws std::runtime_error when that leaves less than 64 MiB, which caches would hold.
std::int64_t BandwidthArrayBytes(std::int64_t available_bytes, std::int64_t cache_bytes);
// The bytes on this machine right now, with the caches of `threads` threads.
std::int64_t BandwidthArrayBytes(int threads);

// Measures peaks again and again, each time in some 0.35 s.
class Yardstick {
 public:
  // Maps and touches an array of `array_bytes` bytes (≥ 1 MiB): not for a process whose resident
  // memory is being measured. Throws std::invalid_argument for a smaller one, memory::OutOfMemory.
  explicit Yardstick(std::int64_t array_bytes);

  // The best of several loops and repetitions, by wall time: nothing beats that limit, and a
  // disturbance does not lower it. Ends its threads, so that they do not spin while something else
  // is measured. Throws std::invalid_argument for fewer than one thread.
  Peaks Measure(int threads);

 private:
  // Of the fastest of `walks` (see roofline.cpp) through the array, each part of which counts
  // `crossings` times.
  double BytesPerSecond(int threads, double crossings,
                        std::span<float (*const)(float*, std::int64_t)> walks);

  memory::Ledger ledger_;
  memory::TrackedBuffer<float> array_;
  std::int64_t next_part_ =
      0;  // of the array: each has left the caches before its turn comes again
};

// The instruction set this program was compiled for, in Highway's words ("AVX2"), and the width of
// its vectors.
std::string SimdTarget();
int SimdBits();

}  // namespace biasbench::machine
