// A sine wave that does not pass through the origin.
#pragma once

#include <cstdint>

#include "data/task.h"
#include "memory/ledger.h"

namespace biasbench::data {

inline constexpr TaskDescription kSine = {
    .name = "sine",
    .inputs = 1,
    .outputs = 1,
    .train_samples = 512,
    .test_samples = 511,
    .input_bytes = sizeof(float),
    .is_classification = false,
    .defaults = {.epochs = 60, .learning_rate = 0.1, .batch = 32},
    .summary = "sin 2 pi x + 1/2 on [-1, 1]: without a bias ReLU is two rays from the origin"};

// x -> sin 2 pi x + 1/2. 512 training points from -1 to 1, both included; a test point halfway
// between each two neighbours.
Task Sine(memory::Ledger& ledger, std::int64_t max_samples);

}  // namespace biasbench::data
