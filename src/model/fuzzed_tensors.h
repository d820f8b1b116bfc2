// Requirements on the tensors of any file that a reader accepts.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "fuzzing/require.h"
#include "model/classify.h"
#include "model/summary.h"
#include "model/tensor.h"

namespace biasbench::model {

inline void RequireSound(const std::vector<Tensor>& tensors) {
  using fuzzing::Require;
  CheckTotal("", tensors);
  Sum all;
  for (const Tensor& tensor : tensors) {
    Require(tensor.elements >= 0 && tensor.elements <= kMaxElements, "elements are bounded");
    Require(tensor.shape.size() <= kMaxDimensions, "dimensions are bounded");
    const std::int64_t blocks = tensor.bytes / std::max<std::int64_t>(tensor.type.block_bytes, 1);
    Require(tensor.type.block_bytes == 0 || blocks * tensor.type.block_elements >= tensor.elements,
            "bytes are enough for all elements");
    all.Add(tensor);
  }
  const std::vector<Kind> kinds = Classify(tensors);
  Require(kinds.size() == tensors.size(), "every tensor is of a kind");
  const KindSums sums = SumByKind(tensors, kinds);
  Sum parts = sums.Parameters();
  parts += sums[Kind::kBuffer];
  Require(
      parts.tensors == all.tensors && parts.elements == all.elements && parts.bytes == all.bytes,
      "kinds add up");
  std::int64_t biases = 0;
  std::int64_t norm_biases = 0;
  for (const LayerGroup& group : LayersWithBiases(tensors, kinds)) {
    Require(group.layers > 0 && group.parameters >= group.biases + group.norm_biases,
            "a layer's biases are parameters");
    biases += group.biases;
    norm_biases += group.norm_biases;
  }
  Require(biases == sums[Kind::kBias].elements && norm_biases == sums[Kind::kNormBias].elements,
          "layers add up");
}

inline void RequireEqual(const std::vector<Tensor>& a, const std::vector<Tensor>& b) {
  using fuzzing::Require;
  Require(a.size() == b.size(), "there are as many tensors again");
  for (std::size_t i = 0; i < a.size(); ++i) {
    Require(a[i].name == b[i].name && a[i].shape == b[i].shape &&
                a[i].type.name == b[i].type.name && a[i].bytes == b[i].bytes,
            "a tensor is the same again");
  }
}

}  // namespace biasbench::model
