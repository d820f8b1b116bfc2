// NumPy's .npy: a magic string, a version, the length of the header, and the header: a Python
// dictionary, as {'descr': '<f4', 'fortran_order': False, 'shape': (60000, 784), }.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include "data/array_file.h"
#include "text/excerpt.h"

namespace biasbench::data {
namespace {

constexpr std::size_t kMaxHeaderBytes = std::size_t{1} << 16;

// The dictionary, behind the magic string, the version and its own length.
std::string ReadDictionary(CompressedFile& file) {
  std::array<std::uint8_t, 8> magic{};  // "\x93NUMPY", major, minor
  file.ReadExactly(magic);
  const int major = magic[6];
  std::array<std::uint8_t, 4> length{};  // little-endian
  file.ReadExactly(std::span(length).first(major == 1 ? 2 : 4));
  const std::size_t bytes =
      length[0] | length[1] << 8U | std::size_t{length[2]} << 16U | std::size_t{length[3]} << 24U;
  if (major < 1 || major > 3 || bytes > kMaxHeaderBytes) {
    throw Error(
        fmt::format("{}: NumPy format {}.{} with a header of {} bytes, expected 1.0 to 3.0 "
                    "and {} bytes at most",
                    file.name(), major, magic[7], bytes, kMaxHeaderBytes));
  }
  std::string dictionary(bytes, ' ');
  file.ReadExactly({reinterpret_cast<std::uint8_t*>(dictionary.data()), dictionary.size()});
  return dictionary;
}

// The text after 'key': in the dictionary, without leading blanks.
std::string_view ValueOf(std::string_view dictionary, std::string_view key) {
  const std::size_t at = dictionary.find(fmt::format("'{}':", key));
  if (at == std::string_view::npos) return {};
  dictionary.remove_prefix(at + key.size() + 3);
  dictionary.remove_prefix(std::min(dictionary.find_first_not_of(' '), dictionary.size()));
  return dictionary;
}

// "<f4": byte order, kind and bytes.
std::optional<ElementType> TypeOf(std::string_view descr) {
  if (descr.size() < 5 || descr[0] != '\'' || descr[4] != '\'') return std::nullopt;
  const char order = descr[1];
  const char kind = descr[2];
  const int bytes = descr[3] - '0';
  if (order != '<' && order != '>' && !(order == '|' && bytes == 1)) return std::nullopt;
  const bool is_power = bytes == 1 || bytes == 2 || bytes == 4 || bytes == 8;
  const bool is_integer = (kind == 'i' || kind == 'u') && is_power;
  const bool is_float = kind == 'f' && (bytes == 4 || bytes == 8);
  const bool is_truth = kind == 'b' && bytes == 1;
  if (!is_integer && !is_float && !is_truth) return std::nullopt;
  using Kind = ElementType::Kind;
  // Truth values are 0 and 1, not shares of 255: as signed bytes they are numbers.
  return ElementType{
      .kind = is_float ? Kind::kFloat : (kind == 'u' ? Kind::kUnsigned : Kind::kSigned),
      .bytes = bytes,
      .is_big_endian = order == '>' && bytes > 1};
}

// "(60000, 784)": nothing if it is no tuple of one or more whole numbers.
std::optional<std::vector<std::int64_t>> ShapeOf(std::string_view text) {
  constexpr std::size_t kMaxDimensions = 64;
  if (!text.starts_with('(')) return std::nullopt;
  text.remove_prefix(1);
  std::vector<std::int64_t> shape;
  for (;;) {
    text.remove_prefix(std::min(text.find_first_not_of(" ,"), text.size()));
    if (text.starts_with(')')) break;
    std::int64_t dimension = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), dimension);
    if (error != std::errc() || dimension < 0 || shape.size() == kMaxDimensions) {
      return std::nullopt;
    }
    shape.push_back(dimension);
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  }
  return shape.empty() ? std::nullopt : std::optional(shape);
}

}  // namespace

ArrayHeader ReadNumpyHeader(CompressedFile& file) {
  const std::string dictionary = ReadDictionary(file);
  const std::string_view descr = ValueOf(dictionary, "descr");
  const auto type = TypeOf(descr);
  if (!type) {
    throw Error(
        fmt::format("{}: NumPy elements {}, expected float32, float64 or integers "
                    "(astype converts them)",
                    file.name(), text::Excerpt(descr.substr(0, descr.find(", 'fort")))));
  }
  if (!ValueOf(dictionary, "fortran_order").starts_with("False")) {
    throw Error(
        fmt::format("{}: an array in Fortran order, expected C order: save "
                    "numpy.ascontiguousarray of it",
                    file.name()));
  }
  const auto shape = ShapeOf(ValueOf(dictionary, "shape"));
  if (!shape) {
    throw Error(fmt::format("{}: its shape is {}, expected 1 dimension or more", file.name(),
                            text::Excerpt(ValueOf(dictionary, "shape").substr(0, 60))));
  }
  return {.type = *type, .dimensions = *shape};
}

}  // namespace biasbench::data
