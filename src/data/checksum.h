// What a data file holds, in two figures.
#pragma once

#include <cstdint>
#include <string>

#include "data/compressed_file.h"

namespace biasbench::data {

struct Fingerprint {
  std::int64_t bytes = 0;
  std::string sha256;  // lower-case hexadecimal
};

// Of the whole contents, decompressed. Leaves the file at its beginning. Throws Error.
Fingerprint FingerprintOf(CompressedFile& file);

}  // namespace biasbench::data
