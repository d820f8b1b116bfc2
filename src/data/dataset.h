// A data set as a network reads it. Images stay uint8 in memory and are scaled while being copied
// into a batch; everything else is single precision.
#pragma once

#include <cstdint>
#include <span>
#include <stdexcept>

#include "memory/tracked_buffer.h"

namespace biasbench::data {

// A data file that cannot be used; the message names the file (and line) and what was expected.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct Dataset {
  std::int64_t samples = 0;
  std::int64_t inputs = 0;
  std::int64_t outputs = 0;  // regression: values per sample; classification: classes

  // Inputs (samples, inputs) row-major: either as they are, or bytes worth `byte_scale` each.
  memory::TrackedBuffer<float> values;
  memory::TrackedBuffer<std::uint8_t> bytes;
  float byte_scale = 1;
  float brightness = 1;  // every sample's inputs are multiplied by it, before offsets
  // (inputs), subtracted from every sample's; empty: nothing is.
  memory::TrackedBuffer<float> offsets;

  // Regression: targets (samples, outputs) row-major. Classification: labels in [0, outputs).
  memory::TrackedBuffer<float> targets;
  memory::TrackedBuffer<std::int32_t> labels;

  bool is_classification() const { return !labels.empty(); }

  // rows (order.size(), row_stride): row i receives the inputs of sample order[i]; columns from
  // `inputs` on are left alone. Every order[i] is in [0, samples), row_stride >= inputs.
  void CopyInputs(std::span<const std::int32_t> order, float* rows, std::int64_t row_stride) const;
};

// The number of samples to keep of `available`: at most `max_samples`, or all if that is 0. Throws
// Error if it is negative.
std::int64_t LimitSamples(std::int64_t available, std::int64_t max_samples);

}  // namespace biasbench::data
