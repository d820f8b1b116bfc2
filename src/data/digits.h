// Handwritten digits, 8x8 pixels; digits.md names the source.
#pragma once

#include <cstdint>

#include "data/task.h"
#include "memory/ledger.h"

namespace biasbench::data {

inline constexpr TaskDescription kDigits = {
    .name = "digits",
    .inputs = 64,
    .outputs = 10,
    .train_samples = 1437,
    .test_samples = 360,
    .input_bytes = 1,
    .is_classification = true,
    .defaults = {.epochs = 20, .learning_rate = 0.3, .batch = 64},
    .summary = "UCI optical digits, 8x8 pixels: real data with small inputs"};

// 64 pixels -> 10 classes; 1,437 training and 360 test samples, the same in every run. Pixels stay
// bytes from 0 to 16, 16 being worth 1. The data are compiled in.
Task Digits(memory::Ledger& ledger, std::int64_t max_samples);

}  // namespace biasbench::data
