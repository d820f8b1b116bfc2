#include "data/checksum.h"

#include <cstdint>
#include <span>
#include <vector>

#include "machine/digest.h"

namespace biasbench::data {

Fingerprint FingerprintOf(CompressedFile& file) {
  machine::Sha256 digest;
  file.Rewind();
  Fingerprint fingerprint;
  std::vector<std::uint8_t> chunk(std::size_t{1} << 16);
  while (const std::int64_t got = file.Read(chunk)) {
    digest.Add(std::span(chunk).first(static_cast<std::size_t>(got)));
    fingerprint.bytes += got;
  }
  file.Rewind();
  fingerprint.sha256 = digest.Hex();
  return fingerprint;
}

}  // namespace biasbench::data
