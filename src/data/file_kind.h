// The kind of a data file, recognised by its first bytes.
#pragma once

#include <cstdint>

#include "data/compressed_file.h"

namespace biasbench::data {

enum class FileKind : std::uint8_t { kText, kIdx, kNumpy };

// The kind of the decompressed contents. Rewinds the file. Throws Error, saying what is expected
// instead, for kinds that are recognised but not read (archives, HDF5, Parquet, …) and for other
// binary data.
FileKind KindOf(CompressedFile& file);

}  // namespace biasbench::data
