// safetensors: the header's length, eight bytes little-endian; the header, a JSON object of
// tensors; their data.
#pragma once

#include <string>
#include <vector>

#include "model/tensor.h"

namespace biasbench::model {

// Throws Error.
std::vector<Tensor> ReadSafetensors(const std::string& path);

}  // namespace biasbench::model
