// A model's tensors, added up: by kind and by layer.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "model/kind.h"
#include "model/tensor.h"

namespace biasbench::model {

struct Sum {
  std::int64_t tensors = 0;
  std::int64_t elements = 0;
  std::int64_t bytes = 0;

  void Add(const Tensor& tensor);
  Sum& operator+=(const Sum& other);
};

struct KindSums {
  std::array<Sum, kKindCount> by_kind;

  const Sum& operator[](Kind kind) const { return by_kind[static_cast<std::size_t>(kind)]; }
  // All kinds but buffers.
  Sum Parameters() const;
  // The share of linear layers' and convolutions' biases in the parameters; 0 if there are no
  // parameters.
  double BiasShare() const;
  // The share with norms' biases included.
  double BiasShareWithNorms() const;
};

KindSums SumByKind(std::span<const Tensor> tensors, std::span<const Kind> kinds);

// Layers that are called the same but for their numbers: "h.*.mlp.c_fc".
struct LayerGroup {
  std::string name;
  std::int64_t layers = 0;
  std::int64_t parameters = 0;
  std::int64_t biases = 0;
  std::int64_t norm_biases = 0;
};

// The layers that have biases, those with the most first.
std::vector<LayerGroup> LayersWithBiases(std::span<const Tensor> tensors,
                                         std::span<const Kind> kinds);

}  // namespace biasbench::model
