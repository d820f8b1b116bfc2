#include "model/onnx_tensor.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <system_error>
#include <tuple>
#include <utility>

#include "model/error.h"
#include "text/excerpt.h"

namespace biasbench::model {
namespace {

// Element types by TensorProto.data_type. Strings take no bytes that could be told.
struct OnnxType {
  std::uint64_t code;
  ElementType type;
};
constexpr std::uint64_t kStringCode = 8;
constexpr auto kTypes = std::to_array<OnnxType>({
    {1, {"FLOAT", 1, 4}},         {2, {"UINT8", 1, 1, true}},
    {3, {"INT8", 1, 1, true}},    {4, {"UINT16", 1, 2, true}},
    {5, {"INT16", 1, 2, true}},   {6, {"INT32", 1, 4, true}},
    {7, {"INT64", 1, 8, true}},   {kStringCode, {"STRING", 1, 0, true}},
    {9, {"BOOL", 1, 1, true}},    {10, {"FLOAT16", 1, 2}},
    {11, {"DOUBLE", 1, 8}},       {12, {"UINT32", 1, 4, true}},
    {13, {"UINT64", 1, 8, true}}, {14, {"COMPLEX64", 1, 8}},
    {15, {"COMPLEX128", 1, 16}},  {16, {"BFLOAT16", 1, 2}},
    {17, {"FLOAT8E4M3FN", 1, 1}}, {18, {"FLOAT8E4M3FNUZ", 1, 1}},
    {19, {"FLOAT8E5M2", 1, 1}},   {20, {"FLOAT8E5M2FNUZ", 1, 1}},
    {21, {"UINT4", 2, 1, true}},  {22, {"INT4", 2, 1, true}},
    {23, {"FLOAT4E2M1", 2, 1}},   {24, {"FLOAT8E8M0", 1, 1}},
    {25, {"UINT2", 4, 1, true}},  {26, {"INT2", 4, 1, true}},
});

// Fields of TensorProto.
constexpr std::uint32_t kDims = 1;
constexpr std::uint32_t kDataType = 2;
constexpr std::uint32_t kFloatData = 4;
constexpr std::uint32_t kInt32Data = 5;
constexpr std::uint32_t kStringData = 6;
constexpr std::uint32_t kInt64Data = 7;
constexpr std::uint32_t kName = 8;
constexpr std::uint32_t kRawData = 9;
constexpr std::uint32_t kDoubleData = 10;
constexpr std::uint32_t kUint64Data = 11;
constexpr std::uint32_t kExternalData = 13;
constexpr std::uint32_t kDataLocation = 14;

// The fields of a TensorProto, before they are checked.
struct Said {
  std::string name;
  std::vector<std::int64_t> shape;
  std::uint64_t type = 0;
  std::int64_t raw_bytes = 0;
  std::int64_t fixed_bytes = 0;   // of float_data and double_data
  std::int64_t varint_bytes = 0;  // of numbers of one byte or more each
  std::int64_t strings = 0;
  bool is_external = false;
  OnnxExternalData::Place place;
};

void ReadPlace(Message entry, OnnxExternalData::Place& place) {
  std::string key;
  std::string value;
  while (entry.Next()) {
    if (entry.field().Is(1, WireType::kBytes)) key = entry.Text();
    if (entry.field().Is(2, WireType::kBytes)) value = entry.Text();
  }
  if (key == "location") place.location = value;
  if (key == "offset") place.offset = value;
  if (key == "length") place.length = value;
}

void AddDimensions(const HeaderReader& file, const Message& message, Said& said) {
  for (const std::uint64_t dimension : message.Varints(kMaxDimensions)) {
    said.shape.push_back(static_cast<std::int64_t>(dimension));
  }
  if (said.shape.size() > kMaxDimensions) {
    file.Fail(fmt::format("a tensor of more than {} dimensions", kMaxDimensions));
  }
}

Said ReadSaid(HeaderReader& file, Message& message) {
  Said said;
  while (message.Next()) {
    const Field& field = message.field();
    const bool is_varint = field.type == WireType::kVarint;
    const std::int64_t unpacked = is_varint ? 1 : field.bytes();
    switch (field.number) {
      case kDims:
        AddDimensions(file, message, said);
        break;
      case kDataType:
        said.type = field.value;
        break;
      case kName:
        said.name = message.Text();
        break;
      case kRawData:
        said.raw_bytes = field.bytes();
        break;
      case kFloatData:
      case kDoubleData:
        said.fixed_bytes += field.bytes();
        break;
      case kInt32Data:
      case kInt64Data:
      case kUint64Data:
        said.varint_bytes += unpacked;
        break;
      case kStringData:
        ++said.strings;
        break;
      case kExternalData:
        ReadPlace(Message(file, field), said.place);
        break;
      case kDataLocation:
        said.is_external = field.value == 1;
        break;
      default:
        break;
    }
  }
  return said;
}

// Numbers in base 128 take 1 to 10 bytes each, and int32_data hold a block of small elements each.
bool HasItsData(const Said& said, const Tensor& tensor) {
  if (said.type == kStringCode) return said.strings == tensor.elements;
  if (said.varint_bytes == 0) {
    return said.raw_bytes + said.fixed_bytes == tensor.bytes;
  }
  const std::int64_t numbers =
      (tensor.elements + tensor.type.block_elements - 1) / tensor.type.block_elements;
  return said.varint_bytes >= numbers && said.varint_bytes <= 10 * numbers;
}

// Nothing if the text is no decimal number from 0 up.
std::optional<std::int64_t> NumberOf(const std::string& text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 0) return std::nullopt;
  return number;
}

bool IsInsideFolder(const std::string& location) {
  const std::filesystem::path path(location);
  if (location.empty() || path.is_absolute() || location.find('\0') != std::string::npos) {
    return false;
  }
  return std::ranges::none_of(path, [](const auto& part) { return part == ".."; });
}

}  // namespace

void OnnxExternalData::Add(const Tensor& tensor, const Place& place) {
  const auto fail = [&](std::string_view what) {
    throw Error(
        fmt::format("{}: {}: {}", text::PathExcerpt(path_), DescribeTensor(tensor.name), what));
  };
  if (!IsInsideFolder(place.location)) {
    fail(fmt::format("its data are said to be in '{}', expected a file in the model's folder",
                     text::Excerpt(place.location)));
  }
  const std::optional<std::int64_t> offset = place.offset.empty() ? 0 : NumberOf(place.offset);
  const std::optional<std::int64_t> length =
      place.length.empty() ? tensor.bytes : NumberOf(place.length);
  if (!offset || length != tensor.bytes) {
    fail(fmt::format("of its data, {} bytes, offset '{}' and length '{}' are said", tensor.bytes,
                     text::Excerpt(place.offset), text::Excerpt(place.length)));
  }
  auto found = files_.find(place.location);
  if (found == files_.end()) {
    const std::string path = std::filesystem::path(path_).replace_filename(place.location);
    found = files_.emplace(place.location, File{FileBytes(path), {}}).first;
  }
  File& file = found->second;
  if (tensor.bytes > file.bytes || *offset > file.bytes - tensor.bytes) {
    fail(fmt::format("truncated: {} bytes from byte {} of {}, which has {}", tensor.bytes, *offset,
                     text::Excerpt(place.location), file.bytes));
  }
  file.pieces.push_back({*offset, *offset + tensor.bytes, tensor.name});
}

void OnnxExternalData::CheckApart() const {
  for (const auto& [location, file] : files_) {
    std::vector<Extent> extents;
    for (const Piece& piece : file.pieces)
      extents.push_back({piece.begin, piece.end, piece.tensor});
    // Tensors of equal values may share them.
    const auto place = [](const Extent& extent) { return std::tuple(extent.begin, extent.end); };
    std::ranges::sort(extents, {}, place);
    const auto is_same = [&](const Extent& a, const Extent& b) { return place(a) == place(b); };
    extents.erase(std::unique(extents.begin(), extents.end(), is_same), extents.end());
    model::CheckApart(text::PathExcerpt(path_), std::move(extents));
  }
}

Tensor ReadOnnxTensor(HeaderReader& file, Message message, OnnxExternalData& external_data) {
  Said said = ReadSaid(file, message);
  const auto* const row = std::ranges::find(kTypes, said.type, &OnnxType::code);
  if (row == kTypes.end()) {
    file.Fail(fmt::format("{} is of data type {}, which is not known here",
                          DescribeTensor(said.name), said.type));
  }
  Tensor tensor = MakeTensor(file.path(), said.name, std::move(said.shape), row->type);
  if (said.is_external) {
    external_data.Add(tensor, said.place);
  } else if (!HasItsData(said, tensor)) {
    file.Fail(fmt::format("truncated or damaged: {} of {} elements of {} is given data of {} bytes",
                          DescribeTensor(tensor.name), DescribeShape(tensor.shape),
                          tensor.type.name, said.raw_bytes + said.fixed_bytes + said.varint_bytes));
  }
  return tensor;
}

}  // namespace biasbench::model
