// The input is a safetensors file.
#include <cstdint>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fuzzing/memory_file.h"
#include "fuzzing/require.h"
#include "model/error.h"
#include "model/fuzzed_tensors.h"
#include "model/safetensors.h"

namespace {

using namespace biasbench::model;
using biasbench::fuzzing::MemoryFile;
using biasbench::fuzzing::Require;

// The same tensors, one after another, with data.
std::string Rewritten(const std::vector<Tensor>& tensors) {
  nlohmann::ordered_json header = nlohmann::ordered_json::object();
  std::int64_t end = 0;
  for (const Tensor& tensor : tensors) {
    const std::int64_t begin = end;
    end += tensor.bytes;
    header[tensor.name] = {
        {"data_offsets", {begin, end}}, {"shape", tensor.shape}, {"dtype", tensor.type.name}};
  }
  const std::string text = header.dump();
  const std::uint64_t bytes = text.size();
  return std::string(reinterpret_cast<const char*>(&bytes), sizeof(bytes)) + text +
         std::string(static_cast<std::size_t>(end), '\0');
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const MemoryFile input(std::span(data, size));
  try {
    const std::vector<Tensor> tensors = ReadSafetensors(input.path());
    RequireSound(tensors);
    const std::string text = Rewritten(tensors);
    const MemoryFile again({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
    RequireEqual(tensors, ReadSafetensors(again.path()));
  } catch (const Error& error) {
    Require(std::string_view(error.what()).starts_with(input.path()), "an error names the file");
  }
  return 0;
}
