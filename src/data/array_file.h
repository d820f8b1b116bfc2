// Arrays of numbers in binary files, row-major, plain or gzip: IDX, the format of MNIST and similar
// data sets, and NumPy's .npy.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "data/compressed_file.h"

namespace biasbench::data {

struct ElementType {
  enum class Kind : std::uint8_t { kUnsigned, kSigned, kFloat };
  Kind kind = Kind::kUnsigned;
  int bytes = 1;
  bool is_big_endian = false;

  bool operator==(const ElementType&) const = default;
};

// The header of an array: `text` names the dimensions in messages, as "300 x 2 x 3 bytes".
struct ArrayHeader {
  ElementType type;
  std::vector<std::int64_t> dimensions;
};

// Every function throws Error naming the file.
class ArrayFile {
 public:
  // Reads the file through once, so that nothing is allocated before the elements that the header
  // announces have been seen. `sha256`, unless empty, is the expected digest of the decompressed
  // contents.
  explicit ArrayFile(const std::string& path, const std::string& sha256 = {});

  const std::string& path() const { return file_.name(); }
  // The dimensions: at least one, none of them 0.
  const std::vector<std::int64_t>& dimensions() const { return header_.dimensions; }
  std::int64_t samples() const { return dimensions().front(); }
  // The product of all further dimensions.
  std::int64_t values_per_sample() const;
  bool holds_bytes() const { return header_.type == ElementType{}; }
  const std::string& sha256() const { return sha256_; }
  double ShareRead() const { return file_.ShareRead(); }

  // Reads the next elements, from the first one on: bytes as they are, or any as numbers.
  void ReadBytes(std::span<std::uint8_t> bytes) { file_.ReadExactly(bytes); }
  void ReadNumbers(std::span<double> numbers);

 private:
  CompressedFile file_;
  ArrayHeader header_;
  std::string sha256_;
  std::vector<std::uint8_t> block_;
};

// Readers of the headers; the file is then positioned behind the header.
ArrayHeader ReadIdxHeader(CompressedFile& file);
ArrayHeader ReadNumpyHeader(CompressedFile& file);

}  // namespace biasbench::data
