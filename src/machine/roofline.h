// What this machine can do at most: the limits that throughput is measured against.
#pragma once

#include <cstdint>
#include <string>

#include "memory/ledger.h"
#include "memory/tracked_buffer.h"

namespace biasbench::machine {

struct Roofline {
  // Single-precision multiply-adds in registers, two operations each.
  double peak_flops_per_second = 0;
  // Over an array that no cache holds. Bytes are those the loop asks for.
  double read_bytes_per_second = 0;    // sum of x
  double update_bytes_per_second = 0;  // x = a x + b, read and written: the bus limit of training
  double write_bytes_per_second = 0;   // x = b, past the caches
  std::int64_t array_bytes = 0;
  int threads = 0;
};

// 1 GiB, but at most a quarter of what is available. Throws std::runtime_error when that leaves
// less than 64 MiB, which caches would hold.
std::int64_t BandwidthArrayBytes(std::int64_t available_bytes);

// Measures in about a second; the best of several repetitions counts, so that a disturbance does
// not lower the limit. Maps and releases `array_bytes` (≥ 1 MiB): not for a process whose resident
// memory is being measured. Throws std::invalid_argument for fewer than one thread or too small an
// array, memory::OutOfMemory.
Roofline MeasureRoofline(int threads, std::int64_t array_bytes);

// What the cores give at a moment, which on a shared one changes from second to second.
struct Speed {
  double flops_per_second = 0;
  double update_bytes_per_second = 0;  // read and written
};

// Measures the speed again and again, each time in some 0.1 s.
class Speedometer {
 public:
  // Maps an array of so many bytes (≥ 1 MiB), which no cache should hold between two measurements.
  // Throws std::invalid_argument for a smaller one, memory::OutOfMemory.
  explicit Speedometer(std::int64_t array_bytes);

  // Medians of short loops, so what was there most of the time: not the best, as in a Roofline. By
  // processor time: the speed of the cores while they work for us, however many others share them.
  // Ends its threads, so that they do not spin while something else is measured. Throws
  // std::invalid_argument for fewer than one thread.
  Speed Measure(int threads);

 private:
  memory::Ledger ledger_;
  memory::TrackedBuffer<float> array_;
  std::int64_t iterations_;  // of a short loop of multiply-adds
};

// The instruction set this program was compiled for, in Highway's words ("AVX2"), and the width of
// its vectors.
std::string SimdTarget();
int SimdBits();

}  // namespace biasbench::machine
