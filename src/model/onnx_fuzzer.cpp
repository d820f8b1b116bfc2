// The input is an ONNX file beside a file `data` of 64 bytes.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fuzzing/input_folder.h"
#include "fuzzing/require.h"
#include "model/error.h"
#include "model/fuzzed_tensors.h"
#include "model/onnx.h"

namespace {

using namespace biasbench::model;
using biasbench::fuzzing::InputFolder;
using biasbench::fuzzing::Require;
using biasbench::fuzzing::TextOf;

// Made once: inputs replace each other.
class ModelFolder : public InputFolder {
 public:
  ModelFolder() { Put("data", std::string(64, '\0')); }
};

const ModelFolder& Folder() {
  static const ModelFolder folder;
  return folder;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Folder().Put("model.onnx", TextOf(data, size));
  try {
    const std::vector<Tensor> tensors = ReadOnnx(Folder().path() / "model.onnx");
    std::int64_t bytes = 0;
    for (const Tensor& tensor : tensors) bytes += tensor.bytes;
    // Numbers in base 128 are stored in fewer bytes than they take; the file `data` may be shared.
    Require(bytes <= 64 * static_cast<std::int64_t>(size + 1), "data are not made up");
    RequireSound(tensors);
  } catch (const Error& error) {
    Require(std::string_view(error.what()).find(": ") != std::string_view::npos,
            "an error names a file");
    Require(std::string_view(error.what()).find('\n') == std::string_view::npos,
            "an error is one line");
  }
  return 0;
}
