// The third harmonic on the unit circle.
#pragma once

#include <cstdint>

#include "data/task.h"
#include "memory/ledger.h"

namespace biasbench::data {

inline constexpr TaskDescription kHarmonic3 = {
    .name = "harmonic3",
    .inputs = 2,
    .outputs = 1,
    .train_samples = 512,
    .test_samples = 512,
    .input_bytes = sizeof(float),
    .is_classification = false,
    .defaults = {.epochs = 60, .learning_rate = 0.1, .batch = 32},
    .summary = "sin 3t on the unit circle: without a bias ReLU cannot fall below a loss of 0.5"};

// (cos t, sin t) -> sin 3t at t_n = 2 pi n / 512; the 512 test points lie half a step further. The
// second half of either is the exact negative of the first, inputs and targets: whatever a
// bias-free ReLU network outputs, its training loss is at least the targets' mean square, 0.5.
Task Harmonic3(memory::Ledger& ledger, std::int64_t max_samples);

}  // namespace biasbench::data
