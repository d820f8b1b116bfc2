// The input is a file, plain or gzip. Its contents must be what zlib's inflate() says.
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "data/compressed_file.h"
#include "fuzzing/require.h"

namespace {

using biasbench::data::CompressedFile;
using biasbench::data::Error;
using biasbench::fuzzing::Require;

using Bytes = std::vector<std::uint8_t>;

bool IsGzip(std::span<const std::uint8_t> stored) {
  return stored.size() > 1 && stored[0] == 0x1F && stored[1] == 0x8B;
}

// Appends the contents of the member that `stored` begins with, which is taken off; false if it is
// damaged or cut short.
bool InflateMember(std::span<const std::uint8_t>& stored, Bytes& contents) {
  constexpr int kGzipOnly = 15 + 16;
  z_stream stream{};
  Require(inflateInit2(&stream, kGzipOnly) == Z_OK, "zlib has memory");
  stream.next_in = const_cast<Bytef*>(stored.data());
  stream.avail_in = static_cast<uInt>(stored.size());
  std::array<std::uint8_t, 4096> block;
  int code = Z_OK;
  while (code == Z_OK) {
    stream.next_out = block.data();
    stream.avail_out = block.size();
    code = inflate(&stream, Z_NO_FLUSH);
    contents.insert(contents.end(), block.data(), stream.next_out);
  }
  stored = stored.last(stream.avail_in);
  inflateEnd(&stream);
  return code == Z_STREAM_END;
}

// Members after one another; only zeros may follow them.
std::optional<Bytes> Inflate(std::span<const std::uint8_t> stored) {
  if (!IsGzip(stored)) return Bytes(stored.begin(), stored.end());
  Bytes contents;
  while (IsGzip(stored)) {
    if (!InflateMember(stored, contents)) return std::nullopt;
  }
  if (std::ranges::any_of(stored, [](std::uint8_t byte) { return byte != 0; })) return std::nullopt;
  return contents;
}

Bytes ReadInBlocks(CompressedFile& file, std::size_t block_bytes) {
  Bytes contents;
  Bytes block(block_bytes);
  for (std::int64_t got = std::ssize(block); got == std::ssize(block);) {
    got = file.Read(block);
    contents.insert(contents.end(), block.begin(), block.begin() + got);
    Require(file.Position() == std::ssize(contents), "the position is what has been read");
    Require(file.ShareRead() >= 0 && file.ShareRead() <= 1, "a share is one");
  }
  return contents;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span stored(data, size);
  const std::optional<Bytes> expected = Inflate(stored);
  try {
    CompressedFile file("input", stored);
    Require(ReadInBlocks(file, 1 << 16) == expected, "contents are what inflate() makes of them");
    file.Rewind();
    Require(ReadInBlocks(file, 1 + size % 257) == expected, "contents are the same again");
  } catch (const Error&) {
    Require(!expected, "what is not damaged is read");
  }
  return 0;
}
