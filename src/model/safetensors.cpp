#include "model/safetensors.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>

#include "model/error.h"
#include "model/header_reader.h"
#include "model/strict_json.h"
#include "text/excerpt.h"

namespace biasbench::model {
namespace {

constexpr std::uint64_t kMaxHeaderBytes = 100'000'000;  // the format's own bound

constexpr auto kTypes = std::to_array<ElementType>({
    {"BOOL", 1, 1, true}, {"F4", 2, 1},        {"F6_E2M3", 4, 3},   {"F6_E3M2", 4, 3},
    {"F8_E4M3", 1, 1},    {"F8_E5M2", 1, 1},   {"F8_E8M0", 1, 1},   {"F16", 1, 2},
    {"BF16", 1, 2},       {"F32", 1, 4},       {"F64", 1, 8},       {"C64", 1, 8},
    {"I8", 1, 1, true},   {"I16", 1, 2, true}, {"I32", 1, 4, true}, {"I64", 1, 8, true},
    {"U8", 1, 1, true},   {"U16", 1, 2, true}, {"U32", 1, 4, true}, {"U64", 1, 8, true},
});

// The header, as it is visited.
class Header : public JsonVisitor {
 public:
  Header(std::string_view path, std::int64_t data_bytes) : path_(path), data_bytes_(data_bytes) {}

  std::vector<Tensor> tensors() && {
    std::vector<Extent> extents;
    std::int64_t held = 0;
    for (std::size_t i = 0; i < tensors_.size(); ++i) {
      extents.push_back({offsets_[i].first, offsets_[i].second, tensors_[i].name});
      held += tensors_[i].bytes;
    }
    CheckApart(path_, std::move(extents));
    // Apart and inside, they cannot be more.
    if (held < data_bytes_) {
      Fail(fmt::format("its tensors take {} of {} bytes of data, expected all of them", held,
                       data_bytes_));
    }
    return std::move(tensors_);
  }

  void Begin(Keys keys, bool is_object) override {
    if (keys.size() == 2 && !IsMetadata(keys) && !is_object && keys[1] == "shape") {
      entry_.shape.emplace();
    } else if (keys.size() == 2 && !IsMetadata(keys) && !is_object && keys[1] == "data_offsets") {
      entry_.offsets.emplace();
    } else if (keys.size() > 1 || !is_object) {
      FailAt(keys);
    } else {
      entry_ = {};
    }
  }

  void End(Keys keys) override {
    if (keys.size() == 1 && !IsMetadata(keys)) EndTensor(keys[0]);
  }

  void Take(Keys keys, JsonScalar value) override {
    if (keys.size() < 2) FailAt(keys);
    if (IsMetadata(keys)) return;
    const auto* const text = std::get_if<std::string>(&value);
    const auto* const number = std::get_if<std::uint64_t>(&value);
    if (keys.size() == 2 && keys[1] == "dtype" && text != nullptr) {
      entry_.type = TypeOf(keys[0], *text);
    } else if (keys.size() == 3 && number != nullptr) {
      AddNumber(keys, *number);
    } else {
      FailAt(keys);
    }
  }

 private:
  struct Entry {
    std::optional<ElementType> type;
    std::optional<std::vector<std::int64_t>> shape;
    std::optional<std::vector<std::int64_t>> offsets;
  };

  [[noreturn]] void Fail(std::string_view what) const {
    throw Error(fmt::format("{}: {}", path_, what));
  }
  [[noreturn]] void FailAt(Keys keys) const {
    if (keys.empty()) Fail("its header is no JSON object");
    Fail(
        fmt::format("{} is not as safetensors has it, an object of dtype, shape (whole numbers) "
                    "and data_offsets (two)",
                    DescribeTensor(keys[0])));
  }

  static bool IsMetadata(Keys keys) { return keys[0] == "__metadata__"; }

  ElementType TypeOf(std::string_view tensor, std::string_view name) const {
    const auto* const type = std::ranges::find(kTypes, name, &ElementType::name);
    if (type != kTypes.end()) return *type;
    Fail(fmt::format("{} is of dtype '{}', which is not known here", DescribeTensor(tensor),
                     text::Excerpt(name)));
  }

  void AddNumber(Keys keys, std::uint64_t number) {
    std::vector<std::int64_t>& numbers = keys[1] == "shape" ? *entry_.shape : *entry_.offsets;
    const std::size_t most = keys[1] == "shape" ? kMaxDimensions : 2;
    constexpr auto kMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (numbers.size() == most || number > kMax) {
      Fail(fmt::format("{}: its {} are more or larger than any file's", DescribeTensor(keys[0]),
                       keys[1] == "shape" ? "dimensions" : "data_offsets"));
    }
    numbers.push_back(static_cast<std::int64_t>(number));
  }

  void EndTensor(const std::string& name) {
    if (!entry_.type || !entry_.shape || !entry_.offsets || entry_.offsets->size() != 2) {
      FailAt({&name, 1});
    }
    Tensor tensor = MakeTensor(path_, name, *std::move(entry_.shape), *entry_.type);
    const std::int64_t begin = entry_.offsets->front();
    const std::int64_t end = entry_.offsets->back();
    if (begin > end || end > data_bytes_) {
      Fail(fmt::format("truncated or damaged: {} lies from byte {} to byte {} of {} bytes of data",
                       DescribeTensor(name), begin, end, data_bytes_));
    }
    if (end - begin != tensor.bytes || tensor.elements % tensor.type.block_elements != 0) {
      Fail(fmt::format("{} of {} elements of {} is given {} bytes, expected {}",
                       DescribeTensor(name), DescribeShape(tensor.shape), tensor.type.name,
                       end - begin, tensor.bytes));
    }
    tensors_.push_back(std::move(tensor));
    offsets_.emplace_back(begin, end);
  }

  std::string_view path_;
  std::int64_t data_bytes_;
  std::vector<Tensor> tensors_;
  std::vector<std::pair<std::int64_t, std::int64_t>> offsets_;  // of the tensors
  Entry entry_;
};

}  // namespace

std::vector<Tensor> ReadSafetensors(const std::string& path) {
  HeaderReader file(path);
  const auto bytes = file.ReadLittleEndian<std::uint64_t>();
  if (bytes > kMaxHeaderBytes) {
    file.Fail(fmt::format("announces a safetensors header of {} bytes, expected {} at most", bytes,
                          kMaxHeaderBytes));
  }
  const std::string text = file.ReadText(bytes);
  Header header(file.path(), file.left());
  VisitJson(file.path(), text, header);
  return std::move(header).tensors();
}

}  // namespace biasbench::model
