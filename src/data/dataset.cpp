#include "data/dataset.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

namespace biasbench::data {

void Dataset::CopyInputs(std::span<const std::int32_t> order, float* rows,
                         std::int64_t row_stride) const {
  assert(row_stride >= inputs);
  for (const std::int32_t sample : order) {
    assert(sample >= 0 && sample < samples);
    const std::int64_t begin = sample * inputs;
    if (bytes.empty()) {
      std::copy_n(values.data() + begin, inputs, rows);
    } else {
      std::transform(bytes.data() + begin, bytes.data() + begin + inputs, rows,
                     [this](std::uint8_t byte) { return static_cast<float>(byte) * byte_scale; });
    }
    if (brightness != 1) {
      std::transform(rows, rows + inputs, rows, [this](float input) { return brightness * input; });
    }
    for (std::size_t d = 0; d < offsets.span().size(); ++d) rows[d] -= offsets.span()[d];
    rows += row_stride;
  }
}

std::int64_t LimitSamples(std::int64_t available, std::int64_t max_samples) {
  if (max_samples < 0) {
    throw Error(fmt::format("max_samples is {}, expected 0 (all) or more", max_samples));
  }
  return max_samples == 0 ? available : std::min(available, max_samples);
}

}  // namespace biasbench::data
