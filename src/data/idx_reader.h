// The IDX format of MNIST and its kin: 00 00 08 <rank>, then `rank` big-endian 32-bit dimensions,
// then the bytes, row-major. Plain or gzip.
#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "data/dataset.h"
#include "memory/ledger.h"

namespace biasbench::data {

struct IdxFile {
  std::string path;
  std::string sha256;  // expected of the decompressed contents; empty: anything goes
};

// What a pair of files holds.
struct IdxDescription {
  std::int64_t samples = 0;
  std::int64_t inputs = 0;
  std::set<std::int32_t> labels;  // those that occur
};

// Reads both files through and allocates for no sample. Throws Error.
IdxDescription DescribeIdx(const IdxFile& images, const IdxFile& labels);

// Classification of images (samples, any further dimensions) by labels (samples) in [0, classes).
// Inputs stay bytes, 255 being worth 1. `max_samples` keeps the first ones only (0: all). Throws
// Error.
Dataset ReadIdx(const IdxFile& images, const IdxFile& labels, std::int64_t classes,
                memory::Ledger& ledger, std::int64_t max_samples = 0);

}  // namespace biasbench::data
