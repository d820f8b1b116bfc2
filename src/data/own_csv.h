// The reader's own CSV files; own_data.h says what they hold.
#pragma once

#include <cstdint>

#include "data/own_data.h"
#include "memory/ledger.h"

namespace biasbench::data {

// As ExamineOwnData() and LoadOwnData(), but for digest and names.
OwnData ExamineOwnCsv(const OwnFiles& files);
Task LoadOwnCsv(const OwnData& data, memory::Ledger& ledger, std::int64_t max_samples);

}  // namespace biasbench::data
