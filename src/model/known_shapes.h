// The tensors of the models of KnownModels(), as they are published: names and shapes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace biasbench::model {

struct NamedShape {
  std::string name;
  std::vector<std::int64_t> shape;
  std::string_view type = "F32";  // as safetensors call it
};
using NamedShapes = std::vector<NamedShape>;

NamedShapes Gpt2Shapes();      // Hugging Face's gpt2, whose h.*.attn.bias are masks
NamedShapes BertBaseShapes();  // Google's bert-base-uncased, whose LayerNorms have gamma and beta
NamedShapes VitB16Shapes();    // torchvision's vit_b_16
NamedShapes ResNet50Shapes();  // torchvision's resnet50

// The shapes of all known models, in the order of KnownModels().
std::vector<NamedShapes> KnownShapes();

}  // namespace biasbench::model
