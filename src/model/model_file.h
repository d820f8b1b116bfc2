// A model file of any supported format.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/tensor.h"

namespace biasbench::model {

struct ModelFile {
  std::string_view format;  // "safetensors", "safetensors index", "GGUF" or "ONNX"
  std::vector<Tensor> tensors;
};

// Recognises the format by the file's first bytes and reads the headers. Throws Error in one line
// that begins with the path; for formats that are recognised but not read (PyTorch's and Keras's
// files, HDF5, …) it says what to convert them to.
ModelFile ReadModelFile(const std::string& path);

}  // namespace biasbench::model
