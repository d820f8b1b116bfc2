#include "model/known_models.h"

#include <cstddef>

#include "model/classify.h"
#include "model/known_shapes.h"
#include "model/summary.h"

namespace biasbench::model {
namespace {

constexpr std::string_view kNames[] = {"GPT-2", "BERT-base", "ViT-B/16", "ResNet-50"};

KnownModel Count(std::string_view name, const NamedShapes& shapes) {
  std::vector<Tensor> tensors;
  for (const auto& [tensor, shape, type] : shapes) {
    const bool is_integer = type == "I64";
    tensors.push_back(
        MakeTensor(name, tensor, shape,
                   {.name = type, .block_bytes = is_integer ? 8 : 4, .is_integer = is_integer}));
  }
  const KindSums sums = SumByKind(tensors, Classify(tensors));
  return {.name = name,
          .parameters = sums.Parameters().elements,
          .weights = sums[Kind::kWeight].elements,
          .biases = sums[Kind::kBias].elements,
          .norm_biases = sums[Kind::kNormBias].elements};
}

}  // namespace

std::vector<KnownModel> KnownModels() {
  std::vector<KnownModel> models;
  const std::vector<NamedShapes> shapes = KnownShapes();
  for (std::size_t i = 0; i < shapes.size(); ++i) models.push_back(Count(kNames[i], shapes[i]));
  return models;
}

}  // namespace biasbench::model
