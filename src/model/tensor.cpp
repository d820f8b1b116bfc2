#include "model/tensor.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "model/error.h"
#include "text/excerpt.h"

namespace biasbench::model {
namespace {

// Nothing if it is above kMaxElements, or a dimension below 0.
std::optional<std::int64_t> ElementsOf(const std::vector<std::int64_t>& shape) {
  if (std::ranges::any_of(shape, [](std::int64_t dimension) { return dimension < 0; })) {
    return std::nullopt;
  }
  // A product with a zero must not overflow, whatever the order.
  if (std::ranges::count(shape, 0) > 0) return 0;
  std::int64_t elements = 1;
  for (const std::int64_t dimension : shape) {
    if (__builtin_mul_overflow(elements, dimension, &elements) || elements > kMaxElements) {
      return std::nullopt;
    }
  }
  return elements;
}

}  // namespace

std::string DescribeShape(const std::vector<std::int64_t>& shape) {
  return shape.empty() ? "1" : text::Excerpt(fmt::format("{}", fmt::join(shape, " x ")));
}

std::string DescribeTensor(std::string_view name) {
  return fmt::format("tensor '{}'", text::Excerpt(name));
}

Tensor MakeTensor(std::string_view path, std::string name, std::vector<std::int64_t> shape,
                  const ElementType& type) {
  const std::optional<std::int64_t> elements = ElementsOf(shape);
  if (!elements) {
    throw Error(
        fmt::format("{}: {} of {} elements, expected dimensions from 0 up and 2^56 "
                    "elements at most",
                    path, DescribeTensor(name), DescribeShape(shape)));
  }
  const std::int64_t blocks = (*elements + type.block_elements - 1) / type.block_elements;
  return {.name = std::move(name),
          .shape = std::move(shape),
          .type = type,
          .elements = *elements,
          .bytes = blocks * type.block_bytes};
}

void CheckTotal(std::string_view path, const std::vector<Tensor>& tensors) {
  std::int64_t elements = 0;
  for (const Tensor& tensor : tensors) {
    elements += tensor.elements;
    if (elements <= kMaxElements) continue;
    throw Error(fmt::format("{}: its tensors have more than 2^56 elements together", path));
  }
}

bool IsVector(const Tensor& tensor) {
  return std::ranges::count_if(tensor.shape, [](std::int64_t d) { return d != 1; }) <= 1;
}

void CheckApart(std::string_view path, std::vector<Extent> extents) {
  std::erase_if(extents, [](const Extent& extent) { return extent.begin == extent.end; });
  std::ranges::sort(extents, {},
                    [](const Extent& extent) { return std::pair(extent.begin, extent.name); });
  for (std::size_t i = 1; i < extents.size(); ++i) {
    if (extents[i].begin >= extents[i - 1].end) continue;
    throw Error(fmt::format("{}: the data of {} and {} overlap", path,
                            DescribeTensor(extents[i - 1].name), DescribeTensor(extents[i].name)));
  }
}

}  // namespace biasbench::model
