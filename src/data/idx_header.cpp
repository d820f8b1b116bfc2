// IDX: 00 00 <type> <rank>, then `rank` big-endian 32-bit dimensions, then the elements, big-endian
// too.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <numeric>

#include "data/array_file.h"

namespace biasbench::data {
namespace {

using Kind = ElementType::Kind;

struct IdxType {
  std::uint8_t code;
  ElementType type;
};
constexpr IdxType kIdxTypes[] = {
    {0x08, {Kind::kUnsigned, 1, false}}, {0x09, {Kind::kSigned, 1, false}},
    {0x0B, {Kind::kSigned, 2, true}},    {0x0C, {Kind::kSigned, 4, true}},
    {0x0D, {Kind::kFloat, 4, true}},     {0x0E, {Kind::kFloat, 8, true}}};

}  // namespace

ArrayHeader ReadIdxHeader(CompressedFile& file) {
  std::array<std::uint8_t, 4> magic{};
  file.ReadExactly(magic);
  const auto* const row = std::ranges::find(kIdxTypes, magic[2], &IdxType::code);
  if (magic[0] != 0 || magic[1] != 0 || row == std::end(kIdxTypes) || magic[3] == 0) {
    throw Error(
        fmt::format("{}: begins with {:02x}, expected IDX: 00 00, a type (08, 09, 0b, 0c, 0d or "
                    "0e) and the number of dimensions",
                    file.name(), fmt::join(magic, " ")));
  }
  ArrayHeader header{.type = row->type, .dimensions = std::vector<std::int64_t>(magic[3])};
  for (std::int64_t& dimension : header.dimensions) {
    std::array<std::uint8_t, 4> bytes{};
    file.ReadExactly(bytes);
    dimension =
        std::accumulate(bytes.begin(), bytes.end(), std::int64_t{0},
                        [](std::int64_t sum, std::uint8_t byte) { return sum * 256 + byte; });
  }
  return header;
}

}  // namespace biasbench::data
