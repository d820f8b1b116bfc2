// GGUF: metadata and tensors' names, shapes and offsets one after another, then the data.
#pragma once

#include <string>
#include <vector>

#include "model/tensor.h"

namespace biasbench::model {

// Reads versions 2 and 3, little-endian. Throws Error.
std::vector<Tensor> ReadGguf(const std::string& path);

}  // namespace biasbench::model
