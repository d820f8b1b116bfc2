// The input is an array, NumPy's .npy or IDX, plain or gzip.
#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/array_file.h"
#include "data/file_kind.h"
#include "fuzzing/memory_file.h"
#include "fuzzing/require.h"

namespace {

using namespace biasbench::data;
using biasbench::fuzzing::MemoryFile;
using biasbench::fuzzing::Require;

// An array of double precision as NumPy writes it.
std::string NumpyOf(const std::vector<std::int64_t>& dimensions, std::span<const double> numbers) {
  std::string shape;
  for (const std::int64_t dimension : dimensions) shape += std::to_string(dimension) + ", ";
  const std::string header =
      "{'descr': '<f8', 'fortran_order': False, 'shape': (" + shape + "), }\n";
  std::string bytes("\x93NUMPY\x01\0", 8);
  bytes += static_cast<char>(header.size() % 256);
  bytes += static_cast<char>(header.size() / 256);
  bytes += header;
  return bytes.append(reinterpret_cast<const char*>(numbers.data()), numbers.size_bytes());
}

// NaN is itself here.
bool AreEqual(std::span<const double> a, std::span<const double> b) {
  return std::ranges::equal(
      a, b, [](double x, double y) { return x == y || (std::isnan(x) && std::isnan(y)); });
}

std::vector<double> AllNumbers(ArrayFile& file) {
  std::vector<double> numbers(static_cast<std::size_t>(file.samples() * file.values_per_sample()));
  file.ReadNumbers(numbers);
  return numbers;
}

// One element of the file's end, where nothing but the elements stands.
double ElementOf(const ElementType& type, std::span<const std::uint8_t> bytes) {
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    word = word << 8 | bytes[type.is_big_endian ? i : bytes.size() - 1 - i];
  }
  if (type.kind == ElementType::Kind::kFloat) {
    return bytes.size() == 4
               ? static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(word)))
               : std::bit_cast<double>(word);
  }
  if (type.kind == ElementType::Kind::kUnsigned) return static_cast<double>(word);
  const std::uint64_t sign = std::uint64_t{1} << (8 * bytes.size() - 1);
  return static_cast<double>(static_cast<std::int64_t>((word ^ sign) - sign));
}

ElementType TypeOf(std::span<const std::uint8_t> stored) {
  CompressedFile file("input", stored);
  return KindOf(file) == FileKind::kIdx ? ReadIdxHeader(file).type : ReadNumpyHeader(file).type;
}

void CheckElements(std::span<const std::uint8_t> stored, std::span<const double> numbers) {
  if (stored[0] == 0x1F) return;  // gzip
  const ElementType type = TypeOf(stored);
  const auto bytes = static_cast<std::size_t>(type.bytes);
  std::span<const std::uint8_t> elements = stored.last(numbers.size() * bytes);
  for (const double number : numbers) {
    const double expected = ElementOf(type, elements.first(bytes));
    Require(AreEqual({&number, 1}, {&expected, 1}), "an element is worth what its bytes are");
    elements = elements.subspan(bytes);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span stored(data, size);
  const MemoryFile input(stored);
  try {
    ArrayFile file(input.path());
    Require(!file.dimensions().empty(), "an array has dimensions");
    const std::vector<double> numbers = AllNumbers(file);
    CheckElements(stored, numbers);
    const std::string text = NumpyOf(file.dimensions(), numbers);
    const MemoryFile written({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
    ArrayFile again(written.path());
    Require(again.dimensions() == file.dimensions(), "dimensions are the same again");
    Require(AreEqual(AllNumbers(again), numbers), "numbers are the same again");
  } catch (const Error& error) {
    Require(std::string_view(error.what()).starts_with("/proc/self/fd/"),
            "an error names the file");
  }
  return 0;
}
