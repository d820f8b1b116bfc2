// The tensors of a model file: names, shapes and formats, never values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/kind.h"

namespace biasbench::model {

// The storage type of elements, under the file format's name for it.
struct ElementType {
  std::string_view name;
  // Elements are stored a block at a time: of one element, but where it takes less than a byte or
  // shares a scale with its neighbours.
  std::int64_t block_elements = 1;
  std::int64_t block_bytes = 0;
  bool is_integer = false;  // counts, indices and masks are such; packed weights, too
};

struct Tensor {
  std::string name;
  std::vector<std::int64_t> shape;  // row-major: the last dimension is contiguous
  ElementType type;
  std::int64_t elements = 0;
  std::int64_t bytes = 0;
  std::optional<Kind> use = std::nullopt;  // where the file says what the tensor is used as
  Kind otherwise = Kind::kOther;           // what it is if neither its use nor its name tells
  std::string layer = {};                  // where the file says more of it than the name does
};

// More elements than any file backs, few enough for sums of bytes by parameter not to overflow.
inline constexpr std::int64_t kMaxElements = std::int64_t{1} << 56;
inline constexpr std::size_t kMaxDimensions = 64;

// "2 x 3"; a scalar's is "1".
std::string DescribeShape(const std::vector<std::int64_t>& shape);

// "tensor 'h.0.attn.bias'", as messages name it.
std::string DescribeTensor(std::string_view name);

// A tensor whose elements and bytes follow from its shape. Throws Error for more than
// kMaxElements or a dimension below 0.
Tensor MakeTensor(std::string_view path, std::string name, std::vector<std::int64_t> shape,
                  const ElementType& type);

// Throws Error if the tensors have more than kMaxElements together.
void CheckTotal(std::string_view path, const std::vector<Tensor>& tensors);

// True if at most one dimension is above 1, as in biases and norms.
bool IsVector(const Tensor& tensor);

// The range of a tensor's data in the file.
struct Extent {
  std::int64_t begin = 0;
  std::int64_t end = 0;
  std::string_view name;  // of the tensor
};

// Throws Error if two of the extents overlap, naming both tensors.
void CheckApart(std::string_view path, std::vector<Extent> extents);

}  // namespace biasbench::model
