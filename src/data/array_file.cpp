#include "data/array_file.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <functional>
#include <numeric>

#include "data/checksum.h"
#include "data/file_kind.h"

namespace biasbench::data {
namespace {

// True if the product of the dimensions is `elements`, none of them 0. Their product alone could
// overflow: a header may announce anything.
bool Announce(const std::vector<std::int64_t>& dimensions, std::int64_t elements) {
  std::int64_t product = 1;
  for (const std::int64_t dimension : dimensions) {
    if (dimension <= 0 || product > elements / dimension) return false;
    product *= dimension;
  }
  return product == elements;
}

ArrayHeader ReadHeader(CompressedFile& file) {
  switch (KindOf(file)) {
    case FileKind::kIdx:
      return ReadIdxHeader(file);
    case FileKind::kNumpy:
      return ReadNumpyHeader(file);
    case FileKind::kText:
      break;
  }
  throw Error(fmt::format("{}: text, expected an array: IDX or NumPy (.npy)", file.name()));
}

template <class Element>
void Widen(std::span<const std::uint8_t> bytes, bool is_swapped, std::span<double> numbers) {
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    std::array<std::uint8_t, sizeof(Element)> one;
    std::copy_n(bytes.data() + i * sizeof(Element), sizeof(Element), one.data());
    if (is_swapped) std::ranges::reverse(one);
    numbers[i] = static_cast<double>(std::bit_cast<Element>(one));
  }
}

using Widening = void (*)(std::span<const std::uint8_t>, bool, std::span<double>);

Widening WideningOf(const ElementType& type) {
  using Kind = ElementType::Kind;
  struct Row {
    Kind kind;
    int bytes;
    Widening widening;
  };
  static constexpr Row kRows[] = {{Kind::kUnsigned, 1, Widen<std::uint8_t>},
                                  {Kind::kSigned, 1, Widen<std::int8_t>},
                                  {Kind::kUnsigned, 2, Widen<std::uint16_t>},
                                  {Kind::kSigned, 2, Widen<std::int16_t>},
                                  {Kind::kUnsigned, 4, Widen<std::uint32_t>},
                                  {Kind::kSigned, 4, Widen<std::int32_t>},
                                  {Kind::kUnsigned, 8, Widen<std::uint64_t>},
                                  {Kind::kSigned, 8, Widen<std::int64_t>},
                                  {Kind::kFloat, 4, Widen<float>},
                                  {Kind::kFloat, 8, Widen<double>}};
  const auto* const found = std::ranges::find_if(
      kRows, [&](const Row& row) { return row.kind == type.kind && row.bytes == type.bytes; });
  return found->widening;  // the headers' readers accept no others
}

}  // namespace

ArrayFile::ArrayFile(const std::string& path, const std::string& sha256) : file_(path) {
  const Fingerprint contents = FingerprintOf(file_);
  sha256_ = contents.sha256;
  if (!sha256.empty() && contents.sha256 != sha256) {
    throw Error(
        fmt::format("{}: the contents' SHA-256 is {}, expected {}", path, contents.sha256, sha256));
  }
  header_ = ReadHeader(file_);
  const std::int64_t payload_bytes = contents.bytes - file_.Position();
  const std::int64_t element_bytes = header_.type.bytes;
  if (payload_bytes % element_bytes == 0 &&
      Announce(header_.dimensions, payload_bytes / element_bytes)) {
    return;
  }
  throw Error(
      fmt::format("{}: the header announces {} {}, {} bytes follow it", path,
                  fmt::join(header_.dimensions, " x "),
                  element_bytes == 1 ? "bytes" : fmt::format("elements of {} bytes", element_bytes),
                  payload_bytes));
}

std::int64_t ArrayFile::values_per_sample() const {
  return std::accumulate(dimensions().begin() + 1, dimensions().end(), std::int64_t{1},
                         std::multiplies<std::int64_t>());
}

void ArrayFile::ReadNumbers(std::span<double> numbers) {
  constexpr bool kIsBigEndian = std::endian::native == std::endian::big;
  block_.resize(numbers.size() * static_cast<std::size_t>(header_.type.bytes));
  file_.ReadExactly(block_);
  WideningOf(header_.type)(block_, header_.type.is_big_endian != kIsBigEndian, numbers);
}

}  // namespace biasbench::data
