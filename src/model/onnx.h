// ONNX: a protocol buffer of graphs, nodes and tensors.
#pragma once

#include <string>
#include <vector>

#include "model/tensor.h"

namespace biasbench::model {

// Reads initializers and the values of Constant nodes, in subgraphs and functions too, each with
// its use. Data are skipped; those in files beside the model's are held against their sizes.
// Throws Error.
std::vector<Tensor> ReadOnnx(const std::string& path);

}  // namespace biasbench::model
