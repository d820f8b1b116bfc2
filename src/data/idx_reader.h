// A reader of images and their labels in two IDX files, as MNIST and similar data sets come.
#pragma once

#include <cstdint>
#include <string>

#include "data/dataset.h"
#include "memory/ledger.h"

namespace biasbench::data {

struct IdxFile {
  std::string path;
  std::string sha256;  // expected of the decompressed contents; empty: anything goes
};

// Classification of images (samples, any further dimensions) of bytes by labels (samples) in
// [0, classes). Inputs stay bytes, 255 being worth 1. `max_samples` keeps the first ones only (0:
// all). Throws Error.
Dataset ReadIdx(const IdxFile& images, const IdxFile& labels, std::int64_t classes,
                memory::Ledger& ledger, std::int64_t max_samples = 0);

}  // namespace biasbench::data
