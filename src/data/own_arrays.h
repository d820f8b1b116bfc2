// The reader's own IDX and NumPy files; own_data.h says what they hold.
#pragma once

#include <cstdint>

#include "data/own_data.h"
#include "memory/ledger.h"

namespace biasbench::data {

// ExamineOwnCsv() and LoadOwnCsv() for arrays.
OwnData ExamineOwnArrays(const OwnFiles& files, const OnRead& on_read);
Task LoadOwnArrays(const OwnData& data, memory::Ledger& ledger, std::int64_t max_samples,
                   random::Seed seed);

}  // namespace biasbench::data
