// The index of a model in several safetensors files: a JSON object whose weight_map names the file
// of each tensor.
#pragma once

#include <string>
#include <vector>

#include "model/tensor.h"

namespace biasbench::model {

// Reads the headers of all files, which lie beside the index. Throws Error.
std::vector<Tensor> ReadSafetensorsIndex(const std::string& path);

}  // namespace biasbench::model
