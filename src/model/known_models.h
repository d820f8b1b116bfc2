// Well-known models, counted from the shapes of their tensors, for the report's figure of the share
// of biases.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace biasbench::model {

struct KnownModel {
  std::string_view name;
  std::int64_t parameters;
  std::int64_t weights;      // of linear layers and convolutions, without embeddings
  std::int64_t biases;       // of the same
  std::int64_t norm_biases;  // of its LayerNorms or BatchNorms

  double bias_share() const { return Share(biases); }
  double bias_share_with_norms() const { return Share(biases + norm_biases); }

 private:
  double Share(std::int64_t part) const {
    return static_cast<double>(part) / static_cast<double>(parameters);
  }
};

// GPT-2 (124M, its output layer tied to the embedding), BERT-base (with its pooler, without the
// head of the language model), ViT-B/16, ResNet-50.
std::vector<KnownModel> KnownModels();

}  // namespace biasbench::model
