// The reader's own CSV files; own_data.h says what they hold.
#pragma once

#include <cstdint>
#include <string>

#include "data/own_data.h"
#include "memory/ledger.h"

namespace biasbench::data {

// ExamineOwnData() and LoadOwnData() for CSV, without names; `digest` is that of the contents of
// all files, one after another.
OwnData ExamineOwnCsv(const OwnFiles& files, const OnRead& on_read);
Task LoadOwnCsv(const OwnData& data, memory::Ledger& ledger, std::int64_t max_samples,
                random::Seed seed);

}  // namespace biasbench::data
