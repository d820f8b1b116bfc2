// An ONNX model's graphs, as far as they tell the uses of its tensors.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "model/tensor.h"

namespace biasbench::model {

struct OnnxNode {
  std::string name;
  std::string operation;
  std::vector<std::string> inputs;
  std::vector<std::string> outputs;
};

// The graph of the model, or one within a node's attributes, which sees the names of those around
// it.
struct OnnxGraph {
  std::optional<std::size_t> parent = std::nullopt;  // in OnnxModel::graphs
  std::vector<OnnxNode> nodes = {};
  std::unordered_map<std::string, std::size_t> tensors =
      {};  // indices in OnnxModel::tensors by name
};

struct OnnxModel {
  std::vector<Tensor> tensors;
  std::vector<OnnxGraph> graphs;
};

// Fills in each tensor's `use` where the operators' inputs tell it, and the `layer` of tensors
// whose names do not tell it, such as those that an exporter has transposed.
void TellUses(OnnxModel& model);

}  // namespace biasbench::model
