#include "model/known_shapes.h"

#include <fmt/format.h>

#include <utility>

namespace biasbench::model {

NamedShapes Gpt2Shapes() {
  NamedShapes tensors = {{"wte.weight", {50257, 768}}, {"wpe.weight", {1024, 768}}};
  const auto add_pair = [&](const std::string& module, std::vector<std::int64_t> shape) {
    tensors.push_back({module + ".bias", {shape.back()}});
    tensors.push_back({module + ".weight", std::move(shape)});
  };
  for (int i = 0; i < 12; ++i) {
    const std::string block = fmt::format("h.{}.", i);
    tensors.push_back({block + "attn.bias", {1, 1, 1024, 1024}});
    add_pair(block + "attn.c_attn", {768, 2304});
    add_pair(block + "attn.c_proj", {768, 768});
    add_pair(block + "ln_1", {768});
    add_pair(block + "ln_2", {768});
    add_pair(block + "mlp.c_fc", {768, 3072});
    add_pair(block + "mlp.c_proj", {3072, 768});
  }
  add_pair("ln_f", {768});
  return tensors;
}

NamedShapes BertBaseShapes() {
  NamedShapes tensors = {{"bert.embeddings.word_embeddings.weight", {30522, 768}},
                         {"bert.embeddings.position_embeddings.weight", {512, 768}},
                         {"bert.embeddings.token_type_embeddings.weight", {2, 768}}};
  const auto add_linear = [&](const std::string& module, std::int64_t outputs,
                              std::int64_t inputs) {
    tensors.push_back({module + ".weight", {outputs, inputs}});
    tensors.push_back({module + ".bias", {outputs}});
  };
  const auto add_norm = [&](const std::string& module) {
    tensors.push_back({module + ".LayerNorm.gamma", {768}});
    tensors.push_back({module + ".LayerNorm.beta", {768}});
  };
  add_norm("bert.embeddings");
  for (int i = 0; i < 12; ++i) {
    const std::string layer = fmt::format("bert.encoder.layer.{}.", i);
    for (const char* const part : {"query", "key", "value"}) {
      add_linear(layer + "attention.self." + part, 768, 768);
    }
    add_linear(layer + "attention.output.dense", 768, 768);
    add_norm(layer + "attention.output");
    add_linear(layer + "intermediate.dense", 3072, 768);
    add_linear(layer + "output.dense", 768, 3072);
    add_norm(layer + "output");
  }
  add_linear("bert.pooler.dense", 768, 768);
  return tensors;
}

NamedShapes VitB16Shapes() {
  NamedShapes tensors = {{"class_token", {1, 1, 768}},
                         {"conv_proj.weight", {768, 3, 16, 16}},
                         {"conv_proj.bias", {768}},
                         {"encoder.pos_embedding", {1, 197, 768}}};
  const auto add_pair = [&](const std::string& module, std::vector<std::int64_t> shape) {
    tensors.push_back({module + ".bias", {shape.front()}});
    tensors.push_back({module + ".weight", std::move(shape)});
  };
  for (int i = 0; i < 12; ++i) {
    const std::string layer = fmt::format("encoder.layers.encoder_layer_{}.", i);
    add_pair(layer + "ln_1", {768});
    tensors.push_back({layer + "self_attention.in_proj_weight", {2304, 768}});
    tensors.push_back({layer + "self_attention.in_proj_bias", {2304}});
    add_pair(layer + "self_attention.out_proj", {768, 768});
    add_pair(layer + "ln_2", {768});
    add_pair(layer + "mlp.0", {3072, 768});
    add_pair(layer + "mlp.3", {768, 3072});
  }
  add_pair("encoder.ln", {768});
  add_pair("heads.head", {1000, 768});
  return tensors;
}

NamedShapes ResNet50Shapes() {
  NamedShapes tensors;
  const auto add_conv = [&](const std::string& conv, const std::string& norm, std::int64_t outputs,
                            std::int64_t inputs, std::int64_t size) {
    tensors.push_back({conv + ".weight", {outputs, inputs, size, size}});
    for (const char* const leaf : {".weight", ".bias", ".running_mean", ".running_var"}) {
      tensors.push_back({norm + leaf, {outputs}});
    }
    tensors.push_back({norm + ".num_batches_tracked", {}, "I64"});
  };
  add_conv("conv1", "bn1", 64, 3, 7);
  constexpr std::pair<int, std::int64_t> kStages[] = {{3, 64}, {4, 128}, {6, 256}, {3, 512}};
  std::int64_t inputs = 64;
  for (int stage = 0; stage < 4; ++stage) {
    const auto [blocks, width] = kStages[stage];
    for (int i = 0; i < blocks; ++i) {
      const std::string block = fmt::format("layer{}.{}.", stage + 1, i);
      add_conv(block + "conv1", block + "bn1", width, inputs, 1);
      add_conv(block + "conv2", block + "bn2", width, width, 3);
      add_conv(block + "conv3", block + "bn3", 4 * width, width, 1);
      if (i == 0) add_conv(block + "downsample.0", block + "downsample.1", 4 * width, inputs, 1);
      inputs = 4 * width;
    }
  }
  tensors.push_back({"fc.weight", {1000, 2048}});
  tensors.push_back({"fc.bias", {1000}});
  return tensors;
}

std::vector<NamedShapes> KnownShapes() {
  return {Gpt2Shapes(), BertBaseShapes(), VitB16Shapes(), ResNet50Shapes()};
}

}  // namespace biasbench::model
