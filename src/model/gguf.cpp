#include "model/gguf.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <unordered_set>
#include <utility>

#include "model/error.h"
#include "model/header_reader.h"
#include "text/excerpt.h"

namespace biasbench::model {
namespace {

// GGML's types, by their code.
struct GgmlType {
  std::uint32_t code;
  ElementType type;
};
constexpr auto kTypes = std::to_array<GgmlType>({
    {0, {"F32", 1, 4}},         {1, {"F16", 1, 2}},         {2, {"Q4_0", 32, 18}},
    {3, {"Q4_1", 32, 20}},      {6, {"Q5_0", 32, 22}},      {7, {"Q5_1", 32, 24}},
    {8, {"Q8_0", 32, 34}},      {9, {"Q8_1", 32, 36}},      {10, {"Q2_K", 256, 84}},
    {11, {"Q3_K", 256, 110}},   {12, {"Q4_K", 256, 144}},   {13, {"Q5_K", 256, 176}},
    {14, {"Q6_K", 256, 210}},   {15, {"Q8_K", 256, 292}},   {16, {"IQ2_XXS", 256, 66}},
    {17, {"IQ2_XS", 256, 74}},  {18, {"IQ3_XXS", 256, 98}}, {19, {"IQ1_S", 256, 50}},
    {20, {"IQ4_NL", 32, 18}},   {21, {"IQ3_S", 256, 110}},  {22, {"IQ2_S", 256, 82}},
    {23, {"IQ4_XS", 256, 136}}, {24, {"I8", 1, 1, true}},   {25, {"I16", 1, 2, true}},
    {26, {"I32", 1, 4, true}},  {27, {"I64", 1, 8, true}},  {28, {"F64", 1, 8}},
    {29, {"IQ1_M", 256, 56}},   {30, {"BF16", 1, 2}},       {34, {"TQ1_0", 256, 54}},
    {35, {"TQ2_0", 256, 66}},   {39, {"MXFP4", 32, 17}},    {40, {"NVFP4", 64, 36}},
    {41, {"Q1_0", 128, 18}},    {42, {"Q2_0", 64, 18}},
});

// Types of metadata. What is not here is a number of `bytes`.
constexpr std::uint32_t kUint16 = 2;
constexpr std::uint32_t kUint32 = 4;
constexpr std::uint32_t kString = 8;
constexpr std::uint32_t kArray = 9;
constexpr std::array<std::uint64_t, 13> kValueBytes = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};

constexpr int kDeepest = 8;  // arrays of arrays; the usual libraries write none
constexpr std::uint64_t kMaxNameBytes = 65'535;
constexpr std::uint32_t kDefaultAlignment = 32;
constexpr std::uint32_t kMaxAlignment = 1U << 30;

class GgufReader {
 public:
  explicit GgufReader(const std::string& path) : file_(path) {}

  std::vector<Tensor> Read() {
    file_.Skip(4);  // "GGUF"
    CheckVersion(file_.ReadLittleEndian<std::uint32_t>());
    const auto tensors = file_.ReadLittleEndian<std::uint64_t>();
    const auto values = file_.ReadLittleEndian<std::uint64_t>();
    CheckCounts(tensors, values);
    for (std::uint64_t i = 0; i < values; ++i) ReadMetadata();
    for (std::uint64_t i = 0; i < tensors; ++i) ReadTensor();
    CheckData();
    return std::move(tensors_);
  }

 private:
  void CheckVersion(std::uint32_t version) const {
    if (version == 2 || version == 3) return;
    if (version == 0x0200'0000 || version == 0x0300'0000) {
      file_.Fail(
          "big-endian GGUF, expected little-endian: convert it by gguf-py's "
          "gguf_convert_endian");
    }
    file_.Fail(fmt::format("GGUF version {}, expected 2 or 3", version));
  }

  // Each takes some bytes of the file; a loop over more would only end with it.
  void CheckCounts(std::uint64_t tensors, std::uint64_t values) const {
    constexpr std::uint64_t kLeastBytes = 12;
    const std::uint64_t most = static_cast<std::uint64_t>(file_.left()) / kLeastBytes;
    if (tensors <= most && values <= most) return;
    file_.Fail(fmt::format("truncated: {} tensors and {} keys are announced, {} bytes follow",
                           tensors, values, file_.left()));
  }

  std::string ReadName(std::string_view what) {
    const auto bytes = file_.ReadLittleEndian<std::uint64_t>();
    if (bytes == 0 || bytes > kMaxNameBytes) {
      file_.Fail(fmt::format("{} of {} bytes, expected 1 to {}", what, bytes, kMaxNameBytes));
    }
    return file_.ReadText(bytes);
  }

  void ReadMetadata() {
    const std::string key = ReadName("a key");
    if (!keys_.insert(key).second) {
      file_.Fail(fmt::format("the key '{}' stands twice in it", text::Excerpt(key)));
    }
    const auto type = file_.ReadLittleEndian<std::uint32_t>();
    if (key == "general.alignment") return ReadAlignment(type);
    if (key == "split.count") return RefuseParts(type);
    SkipValue(key, type, 0);
  }

  void ReadAlignment(std::uint32_t type) {
    if (type == kUint32) alignment_ = file_.ReadLittleEndian<std::uint32_t>();
    const bool is_power = (alignment_ & (alignment_ - 1)) == 0;
    if (type != kUint32 || alignment_ == 0 || !is_power || alignment_ > kMaxAlignment) {
      file_.Fail(fmt::format("general.alignment: expected a power of two up to {}, uint32",
                             kMaxAlignment));
    }
  }

  void RefuseParts(std::uint32_t type) {
    if (type != kUint16) file_.Fail("split.count: expected uint16");
    const auto parts = file_.ReadLittleEndian<std::uint16_t>();
    if (parts <= 1) return;
    file_.Fail(
        fmt::format("one of {} parts of a model, expected all of it: join them by "
                    "llama-gguf-split --merge",
                    parts));
  }

  void SkipValue(std::string_view key, std::uint32_t type, int depth) {
    if (type == kString) return file_.Skip(file_.ReadLittleEndian<std::uint64_t>());
    if (type == kArray) return SkipArray(key, depth);
    if (type >= kValueBytes.size()) {
      file_.Fail(fmt::format("the key '{}' is of type {}, expected 0 to {}", text::Excerpt(key),
                             type, kValueBytes.size() - 1));
    }
    file_.Skip(kValueBytes[type]);
  }

  void SkipArray(std::string_view key, int depth) {
    if (depth == kDeepest) {
      file_.Fail(fmt::format("the key '{}' holds arrays nested more than {} deep",
                             text::Excerpt(key), kDeepest));
    }
    const auto type = file_.ReadLittleEndian<std::uint32_t>();
    const auto count = file_.ReadLittleEndian<std::uint64_t>();
    const bool is_number = type < kValueBytes.size() && kValueBytes[type] != 0;
    constexpr std::uint64_t kLengthBytes = 8;  // of a string; an array has more
    std::uint64_t bytes = 0;
    if (__builtin_mul_overflow(count, is_number ? kValueBytes[type] : kLengthBytes, &bytes)) {
      bytes = std::numeric_limits<std::uint64_t>::max();
    }
    const std::int64_t begin = file_.position();
    file_.Skip(bytes);  // the least that they take
    if (is_number) return;
    file_.Seek(begin);
    for (std::uint64_t i = 0; i < count; ++i) SkipValue(key, type, depth + 1);
  }

  void ReadTensor() {
    std::string name = ReadName("a tensor's name");
    if (!names_.insert(name).second) {
      file_.Fail(fmt::format("{} stands twice in it", DescribeTensor(name)));
    }
    std::vector<std::int64_t> shape = ReadShape(name);
    const ElementType type = ReadType(name);
    if (!shape.empty() && shape.back() % type.block_elements != 0) {
      file_.Fail(fmt::format("{}: rows of {} elements, expected whole blocks of {} ({})",
                             DescribeTensor(name), shape.back(), type.block_elements, type.name));
    }
    offsets_.push_back(file_.ReadLittleEndian<std::uint64_t>());
    tensors_.push_back(MakeTensor(file_.path(), std::move(name), std::move(shape), type));
  }

  // GGML counts dimensions from the contiguous one up.
  std::vector<std::int64_t> ReadShape(std::string_view name) {
    const auto rank = file_.ReadLittleEndian<std::uint32_t>();
    if (rank > kMaxDimensions) {
      file_.Fail(fmt::format("{} has {} dimensions, expected {} at most", DescribeTensor(name),
                             rank, kMaxDimensions));
    }
    std::vector<std::int64_t> shape(rank);
    for (std::int64_t& dimension : shape) dimension = file_.ReadLittleEndian<std::int64_t>();
    std::ranges::reverse(shape);
    return shape;
  }

  ElementType ReadType(std::string_view name) {
    const auto code = file_.ReadLittleEndian<std::uint32_t>();
    const auto* const row = std::ranges::find(kTypes, code, &GgmlType::code);
    if (row == kTypes.end()) {
      file_.Fail(fmt::format("{} is of GGML type {}, which is not known here", DescribeTensor(name),
                             code));
    }
    return row->type;
  }

  void CheckData() const {
    const std::int64_t begin = (file_.position() + alignment_ - 1) / alignment_ * alignment_;
    const std::int64_t bytes = std::max<std::int64_t>(file_.size() - begin, 0);
    std::vector<Extent> extents;
    for (std::size_t i = 0; i < tensors_.size(); ++i) {
      const Tensor& tensor = tensors_[i];
      const std::uint64_t offset = offsets_[i];
      if (offset % alignment_ != 0) {
        file_.Fail(fmt::format("{} lies at byte {} of the data, expected a multiple of {}",
                               DescribeTensor(tensor.name), offset, alignment_));
      }
      if (tensor.bytes > bytes || offset > static_cast<std::uint64_t>(bytes - tensor.bytes)) {
        file_.Fail(fmt::format("truncated: {} takes {} bytes from byte {} of {} bytes of data",
                               DescribeTensor(tensor.name), tensor.bytes, offset, bytes));
      }
      const auto first = static_cast<std::int64_t>(offset);
      extents.push_back({first, first + tensor.bytes, tensor.name});
    }
    CheckApart(file_.path(), std::move(extents));
  }

  HeaderReader file_;
  std::uint32_t alignment_ = kDefaultAlignment;
  std::unordered_set<std::string> keys_;
  std::unordered_set<std::string> names_;
  std::vector<Tensor> tensors_;
  std::vector<std::uint64_t> offsets_;  // of the tensors
};

}  // namespace

std::vector<Tensor> ReadGguf(const std::string& path) { return GgufReader(path).Read(); }

}  // namespace biasbench::model
