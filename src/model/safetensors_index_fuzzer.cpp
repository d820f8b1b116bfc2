// The input is the index of two safetensors files, which stay the same.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fuzzing/input_folder.h"
#include "fuzzing/require.h"
#include "model/error.h"
#include "model/fuzzed_tensors.h"
#include "model/safetensors_index.h"

namespace {

using namespace biasbench::model;
using biasbench::fuzzing::InputFolder;
using biasbench::fuzzing::Require;
using biasbench::fuzzing::TextOf;

std::string Shard(const std::string& tensor) {
  const std::string header =
      "{\"" + tensor + R"(":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}})";
  return std::string(1, static_cast<char>(header.size())) + std::string(7, '\0') + header + "data";
}

// Made once: inputs replace each other.
class ModelFolder : public InputFolder {
 public:
  ModelFolder() {
    Put("a", Shard("fc.bias"));
    Put("b", Shard("fc.weight"));
  }
};

const ModelFolder& Folder() {
  static const ModelFolder folder;
  return folder;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Folder().Put("index.json", TextOf(data, size));
  try {
    const std::vector<Tensor> tensors = ReadSafetensorsIndex(Folder().path() / "index.json");
    Require(tensors.size() == 1 || tensors.size() == 2, "no tensor is made up");
    RequireSound(tensors);
  } catch (const Error& error) {
    Require(std::string_view(error.what()).find(": ") != std::string_view::npos,
            "an error names a file");
    Require(std::string_view(error.what()).find('\n') == std::string_view::npos,
            "an error is one line");
  }
  return 0;
}
