// Tables of numbers: lines of comma-separated numbers, all of one length, without a header. Blanks
// around a number and a carriage return before the newline are ignored. Plain or gzip.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "data/compressed_file.h"
#include "data/dataset.h"
#include "memory/ledger.h"

namespace biasbench::data {

// Receives a row, counted from 0, and its numbers, which last until it returns.
using CsvRowVisitor = std::function<void(std::int64_t row, std::span<const float> numbers)>;

// Hands each line to `visit` and returns how many there were; reads the file from its beginning.
// Throws Error, naming the line, for anything that is not a finite single-precision number, for
// lines of different lengths and for an empty file.
std::int64_t ReadCsvRows(CompressedFile& file, const CsvRowVisitor& visit);

// What follows the inputs on each line: `outputs` targets, or one label in [0, outputs).
struct CsvTargets {
  std::int64_t outputs = 1;
  bool is_classification = false;
};

// Reads the file twice, so that its samples are held once. `max_samples` keeps the first ones only
// (0: all). Throws Error.
Dataset ReadCsv(const std::string& path, const CsvTargets& targets, memory::Ledger& ledger,
                std::int64_t max_samples = 0);

}  // namespace biasbench::data
