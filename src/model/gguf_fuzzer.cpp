// The input is a GGUF file.
#include <algorithm>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fuzzing/memory_file.h"
#include "fuzzing/require.h"
#include "model/error.h"
#include "model/fuzzed_tensors.h"
#include "model/gguf.h"

namespace {

using namespace biasbench::model;
using biasbench::fuzzing::MemoryFile;
using biasbench::fuzzing::Require;

constexpr std::int64_t kAlignment = 32;

template <class Integer>
std::string LittleEndian(Integer value) {
  return {reinterpret_cast<const char*>(&value), sizeof(value)};
}

std::int64_t Aligned(std::int64_t bytes) {
  return (bytes + kAlignment - 1) / kAlignment * kAlignment;
}

// The codes of a few types; others are not written again.
const std::map<std::string_view, std::uint32_t> kCodes = {
    {"F32", 0}, {"F16", 1}, {"Q4_0", 2}, {"Q8_0", 8}, {"Q6_K", 14}, {"I32", 26}, {"BF16", 30}};

// The same tensors without metadata, with data.
std::string Rewritten(const std::vector<Tensor>& tensors) {
  std::string text = "GGUF" + LittleEndian<std::uint32_t>(3) +
                     LittleEndian<std::uint64_t>(tensors.size()) + LittleEndian<std::uint64_t>(0);
  std::int64_t offset = 0;
  for (const Tensor& tensor : tensors) {
    text += LittleEndian<std::uint64_t>(tensor.name.size()) + tensor.name +
            LittleEndian(static_cast<std::uint32_t>(tensor.shape.size()));
    for (auto i = tensor.shape.rbegin(); i != tensor.shape.rend(); ++i) text += LittleEndian(*i);
    text += LittleEndian(kCodes.at(tensor.type.name)) + LittleEndian(offset);
    offset += Aligned(tensor.bytes);
  }
  text.resize(static_cast<std::size_t>(Aligned(std::ssize(text)) + offset));
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const MemoryFile input(std::span(data, size));
  try {
    const std::vector<Tensor> tensors = ReadGguf(input.path());
    RequireSound(tensors);
    const bool is_written = std::ranges::all_of(
        tensors, [](const Tensor& tensor) { return kCodes.contains(tensor.type.name); });
    if (!is_written) return 0;
    const std::string text = Rewritten(tensors);
    const MemoryFile again({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
    RequireEqual(tensors, ReadGguf(again.path()));
  } catch (const Error& error) {
    Require(std::string_view(error.what()).starts_with(input.path()), "an error names the file");
  }
  return 0;
}
