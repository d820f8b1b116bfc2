// A data file's fingerprint: size and SHA-256.
#pragma once

#include <cstdint>
#include <string>

#include "data/compressed_file.h"

namespace biasbench::data {

struct Fingerprint {
  std::int64_t bytes = 0;
  std::string sha256;  // lower-case hexadecimal
};

// The fingerprint of the whole decompressed contents. Rewinds the file. Throws Error.
Fingerprint FingerprintOf(CompressedFile& file);

}  // namespace biasbench::data
